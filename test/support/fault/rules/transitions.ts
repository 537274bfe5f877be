import { isFinal } from '../../../../lib/core/job-status.js';
import { stepFaults, type AuditedState } from '../../job-steps.js';
import type { Finding, History, JobChange, JobRow } from '../history.js';
import type { ObservedRun } from '../runs.js';

/** The clock of the database and that of the processes are compared; they are read at two moments. */
const CLOCKS_AGREE_WITHIN_MS = 50;

/** The steps of each job form a chain without a gap, each of them legal, and nothing follows the end. */
export function findWrongTransitions({ changes, jobs }: History): Finding[] {
  if (changes === undefined) return [];
  const trails = trailsOf(changes);
  return [
    ...[...trails.entries()].flatMap(([job, trail]) => [
      ...brokenLinks(job, trail),
      ...trail.flatMap((change) => wrongStep(job, change)),
    ]),
    ...jobs.flatMap((row) => wrongEnd(row, trails.get(row.id)?.at(-1)?.after)),
  ];
}

/** A run is completed after its handler has returned: an earlier end was written by somebody else. */
export function findEarlySettles(
  { changes = [] }: History,
  runs: ReadonlyMap<string, readonly ObservedRun[]>,
): Finding[] {
  return changes.flatMap(({ after, at, before, jobId: job }) => {
    if (before?.status !== 'running' || after?.status !== 'completed') return [];
    const ends = (runs.get(job) ?? []).flatMap(({ endedAt, result, run }) =>
      run === before.run && result === 'returned' && endedAt !== undefined ? [endedAt] : [],
    );
    const earlyMs = Math.min(...ends) - at;
    if (ends.length === 0 || earlyMs <= CLOCKS_AGREE_WITHIN_MS) return [];
    const detail = `run ${before.run} was completed ${Math.round(earlyMs)} ms before its handler returned`;
    return [{ rule: 'stale-settle' as const, job, detail }];
  });
}

export function trailsOf(changes: readonly JobChange[]): Map<string, JobChange[]> {
  const trails = new Map<string, JobChange[]>();
  for (const change of changes) {
    const trail = trails.get(change.jobId) ?? [];
    trails.set(change.jobId, trail);
    trail.push(change);
  }
  return trails;
}

function brokenLinks(job: string, trail: readonly JobChange[]): Finding[] {
  return trail.flatMap(({ before }, index) => {
    const known = trail[index - 1]?.after ?? null;
    if (sameState(known, before)) return [];
    return [
      {
        rule: 'broken-chain' as const,
        job,
        detail: `${tell(known)} is followed by a step from ${tell(before)}`,
      },
    ];
  });
}

function wrongStep(job: string, { after, before }: JobChange): Finding[] {
  const faults = stepFaults(before, after);
  if (faults.length === 0) return [];
  if (before !== null && after !== null && isFinal(before.status)) {
    return [{ rule: 'stale-settle', job, detail: `${tell(before)} was written again, as ${tell(after)}` }];
  }
  const detail = `${tell(before)} became ${tell(after)}: it ${faults.join(', ')}`;
  return [{ rule: 'illegal-transition', job, detail }];
}

function wrongEnd(row: JobRow, last: AuditedState | null | undefined): Finding[] {
  const { id: job, retryCount, run, status } = row;
  if (last?.status === status && last.run === run && last.retryCount === retryCount) return [];
  const detail = `its row says ${status} with run ${run}, its trail ends with ${tell(last ?? null)}`;
  return [{ rule: 'broken-chain', job, detail }];
}

function sameState(one: AuditedState | null, other: AuditedState | null): boolean {
  if (one === null || other === null) return one === other;
  return (
    one.status === other.status &&
    one.run === other.run &&
    one.owner === other.owner &&
    one.retryCount === other.retryCount &&
    one.maxRetries === other.maxRetries
  );
}

function tell(state: AuditedState | null): string {
  if (state === null) return 'nothing';
  const owner = state.owner === null ? '' : ` of worker ${state.owner}`;
  return `${state.status} (run ${state.run}${owner})`;
}
