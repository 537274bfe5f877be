import {
  CANCELLABLE_STATUSES,
  CHANGEABLE_STATUSES,
  DELETABLE_STATUSES,
  REDRIVABLE_STATUSES,
  WAITING_STATUSES,
  type JobStatus,
} from '../../../core/job-status.js';
import type { Permission } from '../../contract.js';
import type { BulkVerb } from '../api/endpoints.js';
import { valueOf } from '../query/terms.js';

export interface BulkWords {
  readonly verb: string;
  /** What happens to the jobs. */
  readonly meaning: string;
  readonly done: string;
  readonly permission: Permission;
  /** Where a job must stand for it. */
  readonly statuses: readonly JobStatus[];
  /** The number has to be typed. */
  readonly isDestructive: boolean;
}

export const BULK_WORDS: Readonly<Record<BulkVerb, BulkWords>> = {
  retry: {
    verb: 'Retry',
    meaning: 'They become pending again, with all their attempts before them.',
    done: 'retried',
    permission: 'retry',
    statuses: REDRIVABLE_STATUSES,
    isDestructive: false,
  },
  'run-now': {
    verb: 'Run now',
    meaning: 'They become pending at once, whatever time they were due.',
    done: 'made due now',
    permission: 'change',
    statuses: WAITING_STATUSES,
    isDestructive: false,
  },
  reschedule: {
    verb: 'Reschedule',
    meaning: 'They become due at the time you give.',
    done: 'rescheduled',
    permission: 'change',
    statuses: CHANGEABLE_STATUSES,
    isDestructive: false,
  },
  cancel: {
    verb: 'Cancel',
    meaning: 'Those that wait will not run; those that run are asked to stop.',
    done: 'cancelled',
    permission: 'cancel',
    statuses: CANCELLABLE_STATUSES,
    isDestructive: true,
  },
  delete: {
    verb: 'Delete',
    meaning: 'They go for good, with their runs and payloads. Running jobs are left alone.',
    done: 'deleted',
    permission: 'delete',
    statuses: DELETABLE_STATUSES,
    isDestructive: true,
  },
};

export const BULK_VERBS: readonly BulkVerb[] = ['retry', 'run-now', 'reschedule', 'cancel', 'delete'];

/** A query that names no status, narrowed to the jobs that the verb can change: what is counted is what is meant. */
export function queryFor(verb: BulkVerb, query: string): string {
  if (valueOf(query, 'status') !== undefined) return query;
  return `${query} status:${BULK_WORDS[verb].statuses.join(',')}`.trim();
}
