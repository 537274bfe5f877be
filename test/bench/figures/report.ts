import type { Machine } from '../environment/machine.js';
import type { Benchmark } from '../harness/benchmark.js';
import type { EntrantResult } from '../harness/rounds.js';
import type { Scale } from '../harness/scale.js';
import { ratiosOf } from './ratios.js';
import { median, percentile, spread } from './statistics.js';

/** A benchmark, and what came of it. */
export interface BenchmarkResult extends Pick<Benchmark, 'name' | 'title' | 'unit' | 'better' | 'sizes'> {
  readonly entrants: readonly EntrantResult[];
}

/** What is true of the whole run. */
export interface RunFacts {
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly commit: string;
  readonly machine: Machine;
  readonly versions: Readonly<Record<string, string>>;
  readonly postgresSettings: Readonly<Record<string, string>>;
  readonly scale: Scale;
  readonly only: readonly string[];
}

/** The JSON of a run. */
export interface Report {
  readonly format: 'kyu-bench/1';
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly commit: string;
  /** True where the sizes are not those of the names: see `sizes` of each benchmark. */
  readonly quick: boolean;
  readonly verified: boolean;
  readonly ratios: Readonly<Record<string, number>>;
  readonly machine: Machine;
  readonly versions: Readonly<Record<string, string>>;
  readonly settings: {
    readonly scale: Scale;
    readonly only: readonly string[];
    readonly postgres: Readonly<Record<string, string>>;
    readonly redis: Readonly<Record<string, string>>;
  };
  readonly benchmarks: readonly BenchmarkReport[];
}

/** A benchmark in the JSON: with its summary, and every sample as it was measured. */
export interface BenchmarkReport extends Omit<BenchmarkResult, 'entrants'> {
  readonly entrants: readonly (EntrantResult & { readonly summary: Summary | null })[];
}

/** The samples of an entrant in a few figures. */
export interface Summary {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  /** (max − min) / median. */
  readonly spread: number;
  /** The largest share of the processors that the host took from one of them. */
  readonly stolen: number;
  /** Medians of the details. */
  readonly details: Readonly<Record<string, number>>;
  /** Over all single measurements of all samples, where there are such. */
  readonly pooled?: { readonly p50: number; readonly p99: number; readonly count: number };
}

const REDIS_SETTINGS = {
  Redis: 'save 3600 1 300 100 60 10000, appendonly no (as shipped)',
  'durable Redis': 'the same, with appendonly yes and appendfsync always',
};

export function reportOf(facts: RunFacts, results: readonly BenchmarkResult[]): Report {
  return {
    format: 'kyu-bench/1',
    startedAt: facts.startedAt,
    finishedAt: facts.finishedAt,
    commit: facts.commit,
    quick: facts.scale.form !== 'full',
    verified: isVerified(results),
    ratios: ratiosOf(results),
    machine: facts.machine,
    versions: facts.versions,
    settings: {
      scale: facts.scale,
      only: facts.only,
      postgres: facts.postgresSettings,
      redis: REDIS_SETTINGS,
    },
    benchmarks: results.map((result) => ({
      ...result,
      entrants: result.entrants.map((entrant) => ({ ...entrant, summary: summaryOf(entrant) })),
    })),
  };
}

/** Every job of every contestant was accounted for, and nobody gave up. */
function isVerified(results: readonly BenchmarkResult[]): boolean {
  const entrants = results.flatMap((result) => result.entrants);
  return (
    entrants.length > 0 &&
    entrants.every(
      ({ failure, samples }) =>
        failure === undefined &&
        samples.length > 0 &&
        samples.every(({ account }) => account.complaints.length === 0),
    )
  );
}

export function summaryOf({ samples }: EntrantResult): Summary | null {
  if (samples.length === 0) return null;
  const values = samples.map(({ value }) => value);
  const series = samples.flatMap((sample) => sample.series ?? []);
  const names = Object.keys(samples[0]?.details ?? {});
  const details = names.map((name) => [
    name,
    median(samples.map((sample) => sample.details[name] ?? Number.NaN)),
  ]);
  const summary = {
    median: median(values),
    min: Math.min(...values),
    max: Math.max(...values),
    spread: spread(values),
    stolen: Math.max(...samples.map(({ stolen }) => stolen)),
    details: Object.fromEntries(details) as Record<string, number>,
  };
  if (series.length === 0) return summary;
  const pooled = { p50: percentile(series, 50), p99: percentile(series, 99), count: series.length };
  return { ...summary, pooled };
}
