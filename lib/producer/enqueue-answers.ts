import { DuplicateJobError, KyuError } from '../core/errors.js';
import type { InsertedJob, JobDraft, JobId } from '../core/job.js';

/** The answer to an enqueue. */
export interface EnqueuedJob {
  /** The job, or the one that holds the key of a unique job already. */
  readonly id: JobId;
  /** True when this call made the job. */
  readonly created: boolean;
}

/** What became of one item of `enqueueMany`. */
export type EnqueueResult =
  | { readonly status: 'created'; readonly id: JobId }
  /** Another job holds the key; with `onConflict: 'replace'` it now says what the item said, unless it runs. */
  | { readonly status: 'existing'; readonly id: JobId }
  | { readonly status: 'rejected'; readonly error: KyuError };

/** @throws DuplicateJobError */
export function answerTo(draft: JobDraft, job: InsertedJob): EnqueuedJob {
  const duplicate = duplicateOf(draft, job);
  if (duplicate !== undefined) throw duplicate;
  return { id: job.id, created: job.created };
}

function duplicateOf({ unique }: JobDraft, job: InsertedJob): DuplicateJobError | undefined {
  if (job.created || unique?.onConflict !== 'error') return undefined;
  return new DuplicateJobError(job.id, unique.key);
}

export function resultOf(draft: JobDraft, job: InsertedJob, index: number): EnqueueResult {
  const duplicate = duplicateOf(draft, job);
  if (duplicate !== undefined) return { status: 'rejected', error: ofItem(index, duplicate) };
  return { status: job.created ? 'created' : 'existing', id: job.id };
}

/** The same error, which says of which item it speaks. */
export function ofItem(index: number, error: KyuError): KyuError {
  return new KyuError(error.code, `Item ${index}: ${whatHappened(error)}`, {
    ...(error.field === undefined ? {} : { field: `items[${index}].${error.field}` }),
    ...(error.jobId === undefined ? {} : { jobId: error.jobId }),
    remedy: error.remedy,
    cause: error,
  });
}

/** The message ends in the remedy, which the error around it says again. */
function whatHappened({ message, remedy }: KyuError): string {
  return message.endsWith(remedy) ? message.slice(0, message.length - remedy.length).trimEnd() : message;
}
