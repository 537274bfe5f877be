import type { Benchmark, Entrant, Sample } from './benchmark.js';

/** All samples of one entrant. */
export interface EntrantResult {
  readonly name: string;
  readonly settings: string;
  /** In the order of the rounds. */
  readonly samples: readonly Sample[];
  /** Why it was given up; its samples until then are kept. */
  readonly failure?: string;
}

/** How often, and whom to tell. */
export interface RoundOptions {
  readonly rounds: number;
  readonly warmUpRounds: number;
  readonly say: (line: string) => void;
}

/**
 * Measures the entrants in turns, round after round: whatever changes on the machine in the meantime changes for all of
 * them. Each round begins with another entrant, so that nobody always follows the same neighbour. The first rounds are
 * forgotten. One that fails is left out from then on.
 */
export async function runRounds(benchmark: Benchmark, options: RoundOptions): Promise<EntrantResult[]> {
  const { entrants } = benchmark;
  const samples = new Map<Entrant, Sample[]>(entrants.map((entrant) => [entrant, []]));
  const failures = new Map<Entrant, string>();
  for (let round = -options.warmUpRounds; round < options.rounds; round += 1) {
    for (const entrant of inTurn(entrants, round + options.warmUpRounds)) {
      if (failures.has(entrant)) continue;
      try {
        const sample = await entrant.sample();
        const complaints = sample.account.complaints.join('; ');
        options.say(lineOf(round, entrant, sample, benchmark.unit, complaints));
        if (round >= 0) samples.get(entrant)?.push(sample);
      } catch (error) {
        const failure = error instanceof Error ? error.message : String(error);
        options.say(`  ${entrant.name}: FAILED: ${failure}`);
        failures.set(entrant, failure);
      }
    }
  }
  return entrants.map((entrant) => {
    const failure = failures.get(entrant);
    const result = { name: entrant.name, settings: entrant.settings, samples: samples.get(entrant) ?? [] };
    return failure === undefined ? result : { ...result, failure };
  });
}

function inTurn(entrants: readonly Entrant[], round: number): Entrant[] {
  const first = entrants.length === 0 ? 0 : round % entrants.length;
  return [...entrants.slice(first), ...entrants.slice(0, first)];
}

function lineOf(
  round: number,
  { name }: Entrant,
  { value }: Sample,
  unit: string,
  complaints: string,
): string {
  const when = round < 0 ? 'warm-up' : `round ${round + 1}`;
  const figure = value >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(3);
  return `  ${when}  ${name}: ${figure} ${unit}${complaints === '' ? '' : `  NOT ACCOUNTED FOR: ${complaints}`}`;
}
