import { isDisturbed } from '../../support/processor-time.js';
import type { Benchmark, Entrant } from './benchmark.js';
import { fairSample, type FairTrials, type JudgedSample } from './fair-sample.js';

/** All samples of one entrant. */
export interface EntrantResult {
  readonly name: string;
  readonly settings: string;
  /** In the order of the rounds. */
  readonly samples: readonly JudgedSample[];
  /** Why it was given up; its samples until then are kept. */
  readonly failure?: string;
}

/** How often, and whom to tell. */
export interface RoundOptions extends FairTrials {
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
  const samples = new Map<Entrant, JudgedSample[]>(entrants.map((entrant) => [entrant, []]));
  const failures = new Map<Entrant, string>();
  for (let round = -options.warmUpRounds; round < options.rounds; round += 1) {
    for (const entrant of inTurn(entrants, round + options.warmUpRounds)) {
      if (failures.has(entrant)) continue;
      try {
        const tell = (sample: JudgedSample, fate: string): void =>
          options.say(`${lineOf(round, entrant, sample, benchmark.unit)}${fate}`);
        const sample = await fairSample(entrant, {
          ...options,
          moreTrials: round < 0 ? 0 : options.moreTrials, // it is forgotten anyway
          onDropped: (dropped) => tell(dropped, ': dropped'),
        });
        tell(sample, '');
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

function lineOf(round: number, { name }: Entrant, sample: JudgedSample, unit: string): string {
  const { value, stolen, account } = sample;
  const when = round < 0 ? 'warm-up' : `round ${round + 1}`;
  const figure = value >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(3);
  const complaints =
    account.complaints.length === 0 ? '' : `  NOT ACCOUNTED FOR: ${account.complaints.join('; ')}`;
  const loss = isDisturbed(stolen) ? `  (the host took ${Math.round(stolen * 100)} %)` : '';
  return `  ${when}  ${name}: ${figure} ${unit}${complaints}${loss}`;
}
