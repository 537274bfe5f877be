import type { JobDraft } from '../core/job.js';
import type { Claimant } from '../core/ports/local-claims.js';
import { columnOf, plainArrayOf, plainColumnOf, rareColumnOf } from './batch-columns.js';

/** Drafts as the parameters of insert-jobs: an array for each column. */
export function insertValues(drafts: readonly JobDraft[]): unknown[] {
  return [
    plainArrayOf(drafts.map(({ id }) => id)),
    columnOf(drafts, ({ queue }) => queue),
    columnOf(drafts, ({ type }) => type),
    plainColumnOf(drafts, ({ priority }) => priority),
    drafts.map(({ payload }) => payload),
    plainColumnOf(drafts, ({ maxRetries }) => maxRetries),
    plainColumnOf(drafts, ({ timeoutMs }) => timeoutMs),
    plainColumnOf(drafts, ({ delayMs }) => delayMs),
    rareColumnOf(drafts, ({ scheduledAt }) => scheduledAt),
    rareColumnOf(drafts, extraOf),
  ];
}

/** A draft as the parameters of insert-and-claim-job. */
export function claimedInsertValues(draft: JobDraft, claimant: Claimant): unknown[] {
  const { id, queue, type, priority, payload, maxRetries, timeoutMs } = draft;
  const { queuesBefore, types, workerId } = claimant;
  const job = [id, queue, type, priority, payload, maxRetries, timeoutMs, extraOf(draft)];
  return [workerId, types, queuesBefore, ...job];
}

/** A draft as the parameters of replace-held-job. */
export function replaceValues(draft: JobDraft, key: string, extra: string | null): unknown[] {
  const { queue, type, priority, payload, maxRetries, timeoutMs, delayMs, scheduledAt } = draft;
  return [key, type, priority, payload, maxRetries, timeoutMs, delayMs, scheduledAt, extra, queue];
}

/** What few drafts have, as JSON text; `null` for all the others. */
export function extraOf({ deadlineAt, tags, context, parentId, backoff, unique }: JobDraft): string | null {
  const rare = [deadlineAt, tags, context, parentId, backoff, unique];
  if (rare.every((value) => value == null)) return null;
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
