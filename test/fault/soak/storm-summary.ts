import type { Finding } from '../../support/fault/history.js';
import type { StormOrder, StormReport } from '../../support/fault/storm.js';
import { storyOf } from './job-story.js';

/** A broken promise, and everything that is known of the job that it was given to. */
export interface Violation extends Pick<Finding, 'job' | 'detail'> {
  readonly rule: string;
  readonly story: readonly string[];
}

/** What is kept of a storm when it is over: its history is far too long. */
export interface StormSummary {
  readonly seed: number;
  readonly asked: StormOrder;
  readonly seconds: number;
  readonly kills: number;
  readonly enqueued: number;
  readonly completed: number;
  readonly dead: number;
  readonly runs: number;
  readonly crashedRuns: number;
  readonly deeds: Readonly<Record<string, number>>;
  readonly deaths: Readonly<Record<string, number>>;
  readonly afterThaw: readonly string[];
  readonly violations: readonly Violation[];
  readonly recoveries: ReadonlyMap<number, readonly number[]>;
  readonly waits: readonly number[];
}

/** A rule that is broken everywhere is told as often as helps. */
const MOST_STORIES = 20;

export function summaryOf({
  deeds,
  history,
  order,
  recoveries,
  report,
  tookMs,
  waits,
}: StormReport): StormSummary {
  const { completed, crashedRuns, dead, enqueued, kills, runs } = report.counts;
  return {
    seed: order.seed,
    asked: order,
    seconds: Math.round(tookMs / 1_000),
    kills,
    enqueued,
    completed,
    dead,
    runs,
    crashedRuns,
    deeds,
    deaths: report.deaths,
    afterThaw: report.afterThaw.map(({ detail, job }) => `job ${job}: ${detail}`),
    violations: report.findings.map(({ detail, job, rule }, index) => ({
      rule,
      job,
      detail,
      story: job === '' || index >= MOST_STORIES ? [] : storyOf(job, history),
    })),
    recoveries,
    waits,
  };
}

/** A storm that did not come to its end, which is a violation in itself. */
export function failedStorm(order: StormOrder, error: unknown, lastWords: string): StormSummary {
  const detail = error instanceof Error ? error.message : String(error);
  return {
    seed: order.seed,
    asked: order,
    seconds: 0,
    kills: 0,
    enqueued: 0,
    completed: 0,
    dead: 0,
    runs: 0,
    crashedRuns: 0,
    deeds: {},
    deaths: {},
    afterThaw: [],
    violations: [{ rule: 'storm-without-end', job: '', detail, story: lastWords.split('\n') }],
    recoveries: new Map(),
    waits: [],
  };
}
