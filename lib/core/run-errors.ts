import { KyuError } from './kyu-error.js';

/** This process no longer owns the run; another worker may be running the job. Stop, and write nothing. */
export class LeaseLostError extends KyuError {
  constructor(jobId: string, run: number) {
    super('KYU_LEASE_LOST', `Run ${run} of job ${jobId} is no longer this worker's.`, {
      jobId,
      remedy: 'Stop the work: the ledger accepts nothing more from this run.',
    });
  }
}

/** A handler did not end within its time limit. */
export class JobTimeoutError extends KyuError {
  constructor(jobId: string, timeoutMs: number) {
    super('KYU_JOB_TIMEOUT', `Job ${jobId} did not end within ${timeoutMs} ms.`, {
      jobId,
      remedy: 'Give it a longer timeout, or stop the work when its signal aborts.',
    });
  }
}

/** The worker shuts down; the job goes back to the queue uncharged. The reason of the abort signal, not a failure. */
export class ShutdownError extends KyuError {
  constructor(jobId: string) {
    super('KYU_SHUTDOWN', `The worker that runs job ${jobId} shuts down.`, {
      jobId,
      remedy: 'Stop the work; the job goes back to its queue and no attempt is charged.',
    });
  }
}

/** An operator cancelled the job: the reason of the abort signal of its run, and what `waitFor` rejects with. */
export class JobCancelledError extends KyuError {
  /** What the operator gave as the reason; `null` when nothing. */
  readonly reason: string | null;

  constructor(jobId: string, reason: string | null) {
    const why = reason === null ? '' : `: ${reason}`;
    super('KYU_JOB_CANCELLED', `Job ${jobId} was cancelled${why}.`, {
      jobId,
      remedy: 'Stop the work. Where it was a mistake, KyuAdmin.retry runs the job again.',
    });
    this.reason = reason;
  }
}

/** The job's own deadline is over; it is not run any more. */
export class JobDeadlineError extends KyuError {
  constructor(jobId: string) {
    super('KYU_JOB_DEADLINE', `The deadline of job ${jobId} is over.`, {
      jobId,
      remedy:
        'Stop the work: nobody wants it any more. Give the job a later deadlineAt, or its workers more room.',
    });
  }
}

/** The job that somebody waits for is dead. */
export class JobDeadError extends KyuError {
  /** The error of its last run. */
  readonly reason: string | null;

  constructor(jobId: string, reason: string | null) {
    super('KYU_JOB_DEAD', `Job ${jobId} is dead: ${reason ?? 'it left no error'}.`, {
      jobId,
      remedy: 'KyuAdmin.runs shows each of its runs; KyuAdmin.retry runs it again.',
    });
    this.reason = reason;
  }
}

/** A job did not end while somebody waited for it. It goes on all the same. */
export class JobWaitTimeoutError extends KyuError {
  constructor(jobId: string, waitedMs: number) {
    super('KYU_WAIT_TIMEOUT', `Job ${jobId} did not end within ${waitedMs} ms of waiting.`, {
      jobId,
      remedy: 'Wait longer, or ask KyuAdmin.get later: the job itself is not affected.',
    });
  }
}

/** `completeIn` was called, and its transaction did not commit: the job is not completed. */
export class CompletionRolledBackError extends KyuError {
  constructor(jobId: string) {
    super(
      'KYU_COMPLETION_ROLLED_BACK',
      `Job ${jobId} was completed in a transaction that had not committed when its handler ended.`,
      {
        jobId,
        remedy: 'Await the transaction in the handler, and let the error that rolled it back reach Kyu.',
      },
    );
  }
}

/** Something needs the caller's open transaction, and was given a manager without one. */
export class NoTransactionError extends KyuError {
  constructor(what: string, jobId: string) {
    super('KYU_NO_TRANSACTION', `${what} of job ${jobId} was given a manager that is in no transaction.`, {
      field: 'manager',
      jobId,
      remedy: 'Pass the manager that dataSource.transaction() hands to its callback.',
    });
  }
}
