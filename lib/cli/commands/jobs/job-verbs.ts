import {
  DELETABLE_STATUSES,
  RETRYABLE_STATUSES,
  type DeleteSelection,
  type RetrySelection,
} from '../../../admin/job-query.js';
import { CANCELLABLE_STATUSES } from '../../../core/job-status.js';
import type { JobSearch } from '../../search-words.js';
import type { JobVerb } from './change-jobs.js';

export const RETRY: JobVerb = {
  verb: 'Retry',
  done: 'put back in line',
  isFinal: false,
  statuses: RETRYABLE_STATUSES,
  one: (admin, id, by) => admin.retry(id, by),
  // Another status, or none, is refused there.
  many: (admin, search, options) => admin.retryMany(withoutArchive(search) as RetrySelection, options),
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
  // Another status, or none, is refused there.
  many: (admin, search, options) => admin.deleteMany(withoutArchive(search) as DeleteSelection, options),
};

/** What is in the archive has ended for good. */
function withoutArchive(search: JobSearch): JobSearch {
  const { archived: _archived, ...selection } = search;
  return selection;
}
