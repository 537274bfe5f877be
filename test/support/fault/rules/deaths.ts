import type { AttemptRow, Finding, History, JobRow } from '../history.js';
import { attemptsByJob } from './settlements.js';

/** So many process deaths end a job, however many attempts are left. */
const MOST_CRASHES = 3;
const FAILURES: ReadonlySet<string> = new Set(['failed', 'timed-out', 'retry-after', 'crashed']);

/** Why a job is dead, in words; `undefined` = nothing explains it. */
export function explainDeath(job: JobRow, attempts: readonly AttemptRow[]): string | undefined {
  const outcomes = attempts.map(({ outcome }) => outcome);
  if (outcomes.at(-1) === 'discarded') return 'its handler discarded it';
  const crashes = outcomes.filter((outcome) => outcome === 'crashed').length;
  if (crashes >= MOST_CRASHES && job.crashCount >= MOST_CRASHES)
    return `${crashes} processes died while they ran it`;
  const failures = outcomes.filter((outcome) => FAILURES.has(outcome)).length;
  return failures > job.maxRetries ? `all of its ${failures} attempts failed` : undefined;
}

export function findUnexplainedDeaths(history: History): Finding[] {
  const attempts = attemptsByJob(history.attempts);
  return history.jobs.flatMap((job) => {
    if (job.status !== 'dead') return [];
    const ofJob = attempts.get(job.id) ?? [];
    if (explainDeath(job, ofJob) !== undefined) return [];
    const told = ofJob.map(({ outcome, run }) => `${run} ${outcome}`).join(', ');
    const detail = `it is dead with ${job.maxRetries} retries and these runs: ${told || 'none'}`;
    return [{ rule: 'unexplained-death', job: job.id, detail }];
  });
}

/** Only a process that was killed or frozen, or has ended, may be taken for dead. */
export function findFalseRescues({ attempts, exits, kills, pauses }: History): Finding[] {
  const struck = new Set([...kills, ...exits, ...pauses].map(({ pid }) => pid));
  return attempts
    .filter(({ outcome, pid }) => outcome === 'crashed' && (pid === undefined || !struck.has(pid)))
    .map(({ job, pid, run, workerId }) => ({
      rule: 'false-rescue',
      job,
      detail: `run ${run} was taken back from worker ${workerId} (process ${pid}), which lives`,
    }));
}
