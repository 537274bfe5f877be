import type { Finding, History } from './history.js';
import { recoveryTimes, spreadOf, type Spread } from './recovery.js';
import { runsByJob } from './runs.js';
import { explainDeath, findFalseRescues, findUnexplainedDeaths } from './rules/deaths.js';
import { findLostJobs } from './rules/lost-jobs.js';
import { attemptsByJob, findWrongSettlements } from './rules/settlements.js';
import { findOverlaps, findWrongStarts } from './rules/starts.js';

/** What a run of the laboratory came to. */
export interface Report {
  /** Broken promises; empty = every promise was kept. */
  readonly findings: readonly Finding[];
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
}

/** Compares what the processes wrote with what the ledger says. Pure: the same history gives the same report. */
export function check(history: History): Report {
  const runs = runsByJob(history);
  return {
    findings: [
      ...findLostJobs(history, runs),
      ...findWrongStarts(runs),
      ...findOverlaps(runs),
      ...findWrongSettlements(history, runs),
      ...findUnexplainedDeaths(history),
      ...findFalseRescues(history),
    ],
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
  };
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
