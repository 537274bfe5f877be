import type { Finding, History, JobRow } from '../history.js';
import type { ObservedRun } from '../runs.js';

const TERMINAL: ReadonlySet<string> = new Set(['completed', 'dead', 'cancelled']);

/** An id names one job: no two acknowledgements may name the same. */
export function findDoubles({ enqueued }: History): Finding[] {
  const seen = new Set<string>();
  const doubles = enqueued.filter((job) => seen.has(job) || !seen.add(job));
  return doubles.map((job) => ({
    rule: 'enqueued-twice',
    job,
    detail: 'two enqueues were acknowledged with this id',
  }));
}

/** Every acknowledged job has come to an end, and a completed one has really been run to its end. */
export function findLostJobs(history: History, runs: ReadonlyMap<string, readonly ObservedRun[]>): Finding[] {
  const rows = new Map(history.jobs.map((row) => [row.id, row]));
  return [
    ...history.enqueued.filter((id) => !rows.has(id)).map((id) => lost(id, 'it is not in the ledger')),
    ...history.jobs
      .filter(({ status }) => !TERMINAL.has(status))
      .map(({ id, status }) => lost(id, `it is still ${status}`)),
    ...history.jobs
      .filter((row) => row.status === 'completed' && !wasRunToItsEnd(row, runs.get(row.id) ?? []))
      .map(neverRun),
  ];
}

function wasRunToItsEnd(row: JobRow, runs: readonly ObservedRun[]): boolean {
  return runs.some(({ result, run }) => run === row.run && result === 'returned');
}

function neverRun({ id, run }: JobRow): Finding {
  return lost(id, `it is completed, but no handler returned in its run ${run}`);
}

function lost(job: string, detail: string): Finding {
  return { rule: 'lost-job', job, detail };
}
