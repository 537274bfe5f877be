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

/** A rescue follows the death of a worker at once; of a process that lives again this is not the reason any more. */
const RESCUE_TAKES_MS = 5_000;
/** The clock of the database and that of the processes are read at two moments. */
const CLOCKS_AGREE_WITHIN_MS = 50;

/** Only a process that was killed or frozen, or has ended, may be taken for dead, and not before. */
export function findFalseRescues(history: History): Finding[] {
  const rescuedAt = rescueInstants(history);
  return history.attempts
    .filter(({ job, outcome, pid, run }) => {
      if (outcome !== 'crashed') return false;
      return pid === undefined || !wasStruck(history, pid, rescuedAt.get(`${job} ${run}`));
    })
    .map(({ job, pid, run, workerId }) => ({
      rule: 'false-rescue',
      job,
      detail: `run ${run} was taken back from worker ${workerId} (process ${pid}), which lives`,
    }));
}

/** When each run was taken from its owner, where a trail was kept. */
function rescueInstants({ changes = [] }: History): Map<string, number> {
  return new Map(
    changes.flatMap(({ at, before, jobId }): [string, number][] =>
      before?.status === 'running' ? [[`${jobId} ${before.run}`, at]] : [],
    ),
  );
}

function wasStruck({ exits, kills, pauses }: History, pid: number, rescuedAt: number | undefined): boolean {
  const ends = [...kills, ...exits].filter((one) => one.pid === pid);
  const frozen = pauses.filter((pause) => pause.pid === pid);
  if (rescuedAt === undefined) return ends.length + frozen.length > 0;
  return (
    ends.some(({ at }) => at <= rescuedAt + CLOCKS_AGREE_WITHIN_MS) ||
    frozen.some(({ from, to }) => from <= rescuedAt && rescuedAt <= to + RESCUE_TAKES_MS)
  );
}
