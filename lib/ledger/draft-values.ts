import type { JobDraft } from '../core/job.js';
import type { Claimant } from '../core/ports/local-claims.js';
import { columnOf, plainArrayOf, plainColumnOf, rareColumnOf } from './batch-columns.js';

/** Drafts as the parameters of insert-jobs: an array for each column. */
export function insertValues(drafts: readonly JobDraft[]): unknown[] {
  const payloads = drafts.map(({ payload }) => payload);
  return [
    ...ownColumnsOf(drafts, payloads),
    plainColumnOf(drafts, ({ delayMs }) => delayMs),
    rareColumnOf(drafts, ({ scheduledAt }) => scheduledAt),
    rareColumnOf(drafts, extraOf),
  ];
}

/** Whether a draft has a job's own columns and nothing else: to run at once, without a key, tags and the like. */
export function isPlain(draft: JobDraft): boolean {
  return draft.delayMs === 0 && draft.scheduledAt === null && !hasExtra(draft);
}

/** Plain drafts as the parameters of insert-plain-jobs. */
export function plainJobsValues(drafts: readonly JobDraft[]): unknown[] {
  return ownColumnsOf(drafts, `[${drafts.map(({ payload }) => payload).join(',')}]`);
}

/** A plain draft as the parameters of insert-plain-job: a job's own columns. */
export function plainJobValues(draft: JobDraft): unknown[] {
  const { id, queue, type, priority, payload, maxRetries, timeoutMs } = draft;
  return [id, queue, type, priority, payload, maxRetries, timeoutMs];
}

/** A draft as the parameters of insert-and-claim-job. */
export function claimedInsertValues(draft: JobDraft, claimant: Claimant): unknown[] {
  const { queuesBefore, types, workerId } = claimant;
  return [workerId, types, queuesBefore, ...plainJobValues(draft), extraOf(draft)];
}

/** A job's own columns, each with the values of all drafts; payloads travel as their statement takes them. */
function ownColumnsOf(drafts: readonly JobDraft[], payloads: unknown): unknown[] {
  return [
    plainArrayOf(drafts.map(({ id }) => id)),
    columnOf(drafts, ({ queue }) => queue),
    columnOf(drafts, ({ type }) => type),
    plainColumnOf(drafts, ({ priority }) => priority),
    payloads,
    plainColumnOf(drafts, ({ maxRetries }) => maxRetries),
    plainColumnOf(drafts, ({ timeoutMs }) => timeoutMs),
  ];
}

/** A draft as the parameters of replace-held-job. */
export function replaceValues(draft: JobDraft, key: string, extra: string | null): unknown[] {
  const { queue, type, priority, payload, maxRetries, timeoutMs, delayMs, scheduledAt } = draft;
  return [key, type, priority, payload, maxRetries, timeoutMs, delayMs, scheduledAt, extra, queue];
}

/** What few drafts have, as JSON text; `null` for all the others. */
export function extraOf(draft: JobDraft): string | null {
  if (!hasExtra(draft)) return null;
  const { deadlineAt, tags, context, parentId, backoff, unique } = draft;
  return JSON.stringify({
    ...(deadlineAt == null ? {} : { deadline: deadlineAt }),
    ...(tags == null ? {} : { tags }),
    ...(context == null ? {} : { context: JSON.parse(context) as unknown }),
    ...(parentId == null ? {} : { parent: parentId }),
    ...(backoff == null ? {} : { backoff: JSON.parse(backoff) as unknown }),
    ...(unique == null ? {} : { key: unique.key, keeps: unique.keeps }),
    ...(unique?.expiresAfterMs == null ? {} : { expires: unique.expiresAfterMs }),
  });
}

/** One comparison after the other: it is asked of every job, and a list of six would be made for each. */
function hasExtra({ deadlineAt, tags, context, parentId, backoff, unique }: JobDraft): boolean {
  if (deadlineAt != null || tags != null || context != null) return true;
  return parentId != null || backoff != null || unique != null;
}
