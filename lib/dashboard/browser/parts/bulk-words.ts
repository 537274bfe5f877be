import type { Permission } from '../../contract.js';
import type { BulkVerb } from '../api/endpoints.js';

export interface BulkWords {
  readonly verb: string;
  /** What happens to the jobs. */
  readonly meaning: string;
  readonly done: string;
  readonly permission: Permission;
  /** The number has to be typed. */
  readonly isDestructive: boolean;
}

export const BULK_WORDS: Readonly<Record<BulkVerb, BulkWords>> = {
  retry: {
    verb: 'Retry',
    meaning: 'They become pending again, with all their attempts before them.',
    done: 'retried',
    permission: 'retry',
    isDestructive: false,
  },
  'run-now': {
    verb: 'Run now',
    meaning: 'They become pending at once, whatever time they were due.',
    done: 'made due now',
    permission: 'change',
    isDestructive: false,
  },
  reschedule: {
    verb: 'Reschedule',
    meaning: 'They become due at the time you give.',
    done: 'rescheduled',
    permission: 'change',
    isDestructive: false,
  },
  cancel: {
    verb: 'Cancel',
    meaning: 'Those that wait will not run; those that run are asked to stop.',
    done: 'cancelled',
    permission: 'cancel',
    isDestructive: true,
  },
  delete: {
    verb: 'Delete',
    meaning: 'They go for good, with their runs and payloads. Running jobs are left alone.',
    done: 'deleted',
    permission: 'delete',
    isDestructive: true,
  },
};

export const BULK_VERBS: readonly BulkVerb[] = ['retry', 'run-now', 'reschedule', 'cancel', 'delete'];
