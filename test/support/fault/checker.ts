import type { Finding, History } from './history.js';
import { recoveryTimes, spreadOf, type Spread } from './recovery.js';
import { runsByJob } from './runs.js';
import { explainDeath, findFalseRescues, findUnexplainedDeaths } from './rules/deaths.js';
import { findCrowds } from './rules/crowding.js';
import { findLateStarts, waitsForRuns, type LivenessPromise } from './rules/liveness.js';
import { findDoubles, findLostJobs } from './rules/lost-jobs.js';
import { attemptsByJob, findWrongSettlements } from './rules/settlements.js';
import { findOverlaps, findUnclaimedStarts, findWrongStarts } from './rules/starts.js';
import { findEarlySettles, findWrongTransitions } from './rules/transitions.js';

/** What a run of the laboratory came to. */
export interface Report {
  /** Broken promises; empty = every promise was kept. */
  readonly findings: readonly Finding[];
  /** Overlaps of at most 100 ms after a thaw: no code of a frozen process can know earlier what it has missed. */
  readonly afterThaw: readonly Finding[];
  readonly counts: {
    readonly enqueued: number;
    readonly jobs: number;
    readonly completed: number;
    readonly dead: number;
    readonly runs: number;
    readonly kills: number;
    /** Runs that a killed process had claimed. */
    readonly crashedRuns: number;
  };
  /** How many jobs died, by reason. */
  readonly deaths: Readonly<Record<string, number>>;
  /** SIGKILL → the job starts elsewhere. */
  readonly recovery: Spread;
  /** Ready → the run starts. */
  readonly waits: Spread;
}

/**
 * Compares what the processes wrote with what the ledger says. Pure: the same history gives the same report.
 * @param promise how soon jobs start; nothing is promised without
 */
export function check(history: History, promise: LivenessPromise = {}): Report {
  const runs = runsByJob(history);
  const overlaps = findOverlaps(runs, history.pauses);
  const waits = waitsForRuns(history, runs);
  return {
    findings: [
      ...findLostJobs(history, runs),
      ...findDoubles(history),
      ...findWrongStarts(runs),
      ...findUnclaimedStarts(history, runs),
      ...overlaps.findings,
      ...findWrongSettlements(history, runs),
      ...findEarlySettles(history, runs),
      ...findWrongTransitions(history),
      ...findUnexplainedDeaths(history),
      ...findFalseRescues(history),
      ...findCrowds(history, runs),
      ...findLateStarts(waits, promise),
      ...(history.ailments ?? []).map(ailmentOf),
    ],
    afterThaw: overlaps.afterThaw,
    counts: {
      enqueued: history.enqueued.length,
      jobs: history.jobs.length,
      completed: history.jobs.filter(({ status }) => status === 'completed').length,
      dead: history.jobs.filter(({ status }) => status === 'dead').length,
      runs: [...runs.values()].flat().length,
      kills: history.kills.length,
      crashedRuns: history.attempts.filter(({ outcome }) => outcome === 'crashed').length,
    },
    deaths: countDeaths(history),
    recovery: spreadOf(recoveryTimes(history, runs)),
    waits: spreadOf(waits.map(({ ms }) => ms)),
  };
}

function ailmentOf(detail: string): Finding {
  return { rule: 'engine-health', job: '', detail };
}

function countDeaths({ attempts, jobs }: History): Record<string, number> {
  const ofJob = attemptsByJob(attempts);
  const counts: Record<string, number> = {};
  for (const job of jobs.filter(({ status }) => status === 'dead')) {
    const reason = explainDeath(job, ofJob.get(job.id) ?? []) ?? 'unexplained';
    counts[reason] = (counts[reason] ?? 0) + 1;
  }
  return counts;
}
