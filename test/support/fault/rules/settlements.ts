import type { AttemptRow, Finding, History, JobRow } from '../history.js';
import type { ObservedRun } from '../runs.js';

/** Written by another process about a worker that could not do so itself: there is no end to compare with. */
const WRITTEN_BY_OTHERS: ReadonlySet<string> = new Set(['crashed', 'released']);
const FAILURES: ReadonlySet<string> = new Set(['failed', 'timed-out', 'retry-after']);
const FINAL: ReadonlySet<string> = new Set(['completed', 'dead', 'cancelled']);

/** What the ledger took was written by the run that it was about, and nothing happened to a job after its end. */
export function findWrongSettlements(
  history: History,
  runs: ReadonlyMap<string, readonly ObservedRun[]>,
): Finding[] {
  const attempts = attemptsByJob(history.attempts);
  return history.jobs.flatMap((job) => {
    const ofJob = attempts.get(job.id) ?? [];
    const observed = runs.get(job.id) ?? [];
    return [
      ...ofJob.flatMap((attempt) => wrongAuthor(attempt, observed)),
      ...afterTheEnd(job, ofJob, observed),
      ...wrongCount(job, ofJob),
    ];
  });
}

export function attemptsByJob(attempts: readonly AttemptRow[]): Map<string, AttemptRow[]> {
  const byJob = new Map<string, AttemptRow[]>();
  for (const attempt of attempts) {
    const ofJob = byJob.get(attempt.job) ?? [];
    byJob.set(attempt.job, ofJob);
    ofJob.push(attempt);
  }
  for (const ofJob of byJob.values()) ofJob.sort((one, other) => one.run - other.run);
  return byJob;
}

function wrongAuthor({ job, outcome, pid, run }: AttemptRow, observed: readonly ObservedRun[]): Finding[] {
  if (WRITTEN_BY_OTHERS.has(outcome)) return [];
  const started = observed.filter((one) => one.run === run);
  if (started.length === 0) return [wrong(job, `run ${run} is ${outcome}, but no process started it`)];
  if (!started.some((one) => one.pid === pid)) {
    const who = started.map((one) => one.pid).join(' and ');
    return [
      wrong(job, `run ${run} was started by process ${who} and settled as ${outcome} by process ${pid}`),
    ];
  }
  const expected = outcome === 'completed' ? 'returned' : FAILURES.has(outcome) ? 'threw' : undefined;
  if (expected === undefined || started.some(({ result }) => result === expected)) return [];
  // A run that was ended without its handler has no end of its own yet.
  if (outcome === 'timed-out') return [];
  return [wrong(job, `run ${run} is ${outcome}, but its handler never ${expected}`)];
}

function afterTheEnd(
  job: JobRow,
  attempts: readonly AttemptRow[],
  observed: readonly ObservedRun[],
): Finding[] {
  const completed = attempts.filter(({ outcome }) => outcome === 'completed');
  const [first] = completed;
  if (first === undefined) return [];
  if (completed.length > 1) return [wrong(job.id, `it was completed ${completed.length} times`)];
  const later = observed.find(({ run }) => run > first.run);
  if (later !== undefined)
    return [wrong(job.id, `run ${later.run} started, though run ${first.run} had completed it`)];
  if (job.status !== 'completed')
    return [wrong(job.id, `run ${first.run} completed it, but it is ${job.status}`)];
  return [];
}

/** Every run has left one row, and what was charged is what failed. */
function wrongCount(job: JobRow, attempts: readonly AttemptRow[]): Finding[] {
  if (!FINAL.has(job.status)) return [];
  const findings: Finding[] = [];
  if (attempts.length !== job.run) {
    findings.push(wrong(job.id, `it had ${job.run} runs, and ${attempts.length} rows tell of them`));
  }
  const failed = attempts.filter(({ outcome }) => FAILURES.has(outcome) || outcome === 'crashed').length;
  const charged = Math.min(failed, job.maxRetries);
  if (job.retryCount !== charged) {
    const detail = `${failed} of its runs failed, and ${job.retryCount} of ${job.maxRetries} retries were charged`;
    findings.push({ rule: 'wrong-charge', job: job.id, detail });
  }
  const crashes = attempts.filter(({ outcome }) => outcome === 'crashed').length;
  if (job.status === 'dead' && job.crashCount !== crashes) {
    const detail = `${crashes} processes died with it, and ${job.crashCount} were counted`;
    findings.push({ rule: 'wrong-charge', job: job.id, detail });
  }
  return findings;
}

function wrong(job: string, detail: string): Finding {
  return { rule: 'wrong-settlement', job, detail };
}
