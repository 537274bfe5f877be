import type { EventBus } from '../core/event-bus.js';
import type { JobStatus } from '../core/job-status.js';
import type { QueuedHint } from '../core/job.js';
import type { OperatorDoors } from '../core/ports/operator-doors.js';

/** A job that was cancelled, or runs and was asked to end. */
export interface CalledOff {
  readonly hint: QueuedHint;
  readonly status: JobStatus;
}

/** Tells of cancelled jobs once it is committed, one by one: who listens cares about single jobs. */
export class CancelNews<Transaction> {
  constructor(
    private readonly events: EventBus,
    private readonly transactions: OperatorDoors<Transaction>['transactions'],
  ) {}

  tell(jobs: readonly CalledOff[], reason: string | null, manager: Transaction | undefined): void {
    const emit = (): void => {
      for (const { hint, status } of jobs) {
        const name = status === 'running' ? 'cancel.requested' : 'job.cancelled';
        this.events.emit(name, { job: hint, reason });
      }
    };
    if (manager === undefined) emit();
    else this.transactions.afterCommit(manager, emit);
  }
}
