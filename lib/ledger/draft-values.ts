import type { JobDraft } from '../core/job.js';
import { columnOf, rareColumnOf } from './batch-columns.js';

/** Drafts as the parameters of insert-jobs: an array for each column. */
export function insertValues(drafts: readonly JobDraft[]): unknown[] {
  return [
    drafts.map(({ id }) => id),
    columnOf(drafts, ({ queue }) => queue),
    columnOf(drafts, ({ type }) => type),
    columnOf(drafts, ({ priority }) => priority),
    drafts.map(({ payload }) => payload),
    columnOf(drafts, ({ maxRetries }) => maxRetries),
    columnOf(drafts, ({ timeoutMs }) => timeoutMs),
    columnOf(drafts, ({ delayMs }) => delayMs),
    rareColumnOf(drafts, ({ scheduledAt }) => scheduledAt),
    rareColumnOf(drafts, extraOf),
  ];
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
