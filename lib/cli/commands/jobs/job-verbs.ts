import {
  DELETABLE_STATUSES,
  RETRYABLE_STATUSES,
  type DeletableStatus,
  type RetryableStatus,
} from '../../../admin/job-query.js';
import { CANCELLABLE_STATUSES, type JobStatus } from '../../../core/job-status.js';
import type { JobSearch } from '../../search-words.js';
import type { JobVerb } from './change-jobs.js';

export const RETRY: JobVerb = {
  verb: 'Retry',
  done: 'put back in line',
  isFinal: false,
  statuses: RETRYABLE_STATUSES,
  one: (admin, id, by) => admin.retry(id, by),
  many: (admin, search, options) => admin.retryMany(withStatus<RetryableStatus>(search), options),
};

export const CANCEL: JobVerb = {
  verb: 'Cancel',
  done: 'cancelled, or asked to end,',
  isFinal: false,
  statuses: CANCELLABLE_STATUSES,
  one: (admin, id, by) => admin.cancel(id, by),
  many: (admin, search, options) => admin.cancelMany(withoutArchive(search), options),
};

export const DELETE: JobVerb = {
  verb: 'Delete',
  done: 'deleted',
  isFinal: true,
  statuses: DELETABLE_STATUSES,
  one: (admin, id, by) => admin.delete(id, by),
  many: (admin, search, options) => admin.deleteMany(withStatus<DeletableStatus>(search), options),
};

/** For verbs that want the statuses said; one that they do not take is refused there. */
function withStatus<Status extends JobStatus>(
  search: JobSearch,
): JobSearch & { readonly status: readonly Status[] } {
  return { ...withoutArchive(search), status: search.status as readonly Status[] };
}

/** What is in the archive has ended for good. */
function withoutArchive(search: JobSearch): JobSearch {
  const { archived: _archived, ...selection } = search;
  return selection;
}
