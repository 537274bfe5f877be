import { KyuError } from './kyu-error.js';

/** There is no job with this id. */
export class JobNotFoundError extends KyuError {
  constructor(jobId: string) {
    super('KYU_JOB_NOT_FOUND', `There is no job ${jobId}.`, {
      jobId,
      remedy: 'It was deleted, or its transaction rolled back, or it lives in another schema.',
    });
  }
}

/** The job cannot be cancelled in its present status. */
export class JobNotCancellableError extends KyuError {
  readonly status: string;

  constructor(jobId: string, status: string) {
    super('KYU_JOB_NOT_CANCELLABLE', `Job ${jobId} is ${status} and cannot be cancelled.`, {
      jobId,
      remedy: 'Only a job that has not ended can be cancelled.',
    });
    this.status = status;
  }
}

/** The job cannot be put back in line in its present status. */
export class JobNotRetryableError extends KyuError {
  readonly status: string;

  constructor(jobId: string, status: string) {
    super('KYU_JOB_NOT_RETRYABLE', `Job ${jobId} is ${status} and cannot be run again.`, {
      jobId,
      remedy: 'Only failed, dead and cancelled jobs can be retried.',
    });
    this.status = status;
  }
}

/** The job cannot run again, because another one holds its unique key by now. */
export class JobSupersededError extends KyuError {
  constructor(jobId: string) {
    super('KYU_JOB_SUPERSEDED', `Job ${jobId} cannot run again: another job holds its unique key by now.`, {
      jobId,
      remedy: 'Let the other job do the work, or cancel that one first.',
    });
  }
}

/** The job does not wait for a time, so it cannot be told to run now. */
export class JobNotWaitingError extends KyuError {
  readonly status: string;

  constructor(jobId: string, status: string) {
    super('KYU_JOB_NOT_WAITING', `Job ${jobId} is ${status} and does not wait for a time.`, {
      jobId,
      remedy:
        'Only scheduled and failed jobs can be run before their time; a job that is pending runs as soon as a worker ' +
        'has room for it, and one that is dead or cancelled can be retried.',
    });
    this.status = status;
  }
}

/** The job cannot be changed or rescheduled in its present status. */
export class JobNotChangeableError extends KyuError {
  readonly status: string;

  constructor(jobId: string, status: string) {
    super('KYU_JOB_NOT_CHANGEABLE', `Job ${jobId} is ${status} and cannot be changed any more.`, {
      jobId,
      remedy: 'Only scheduled, pending and failed jobs can be changed or rescheduled; enqueue another one.',
    });
    this.status = status;
  }
}

/** The job cannot be deleted because it runs right now. */
export class JobRunningError extends KyuError {
  constructor(jobId: string) {
    super('KYU_JOB_RUNNING', `Job ${jobId} is running and cannot be deleted.`, {
      jobId,
      remedy: 'Wait until its run has ended, then delete it.',
    });
  }
}

/** There is no such worker process, or it has ended. */
export class WorkerNotFoundError extends KyuError {
  constructor(workerId: string, state?: string) {
    const what = state === undefined ? 'There is no worker' : `It is ${state} already: worker`;
    super('KYU_WORKER_NOT_FOUND', `${what} ${workerId}.`, {
      field: 'workerId',
      remedy: 'KyuAdmin.workers() lists those that there are; a process that starts again has another id.',
    });
  }
}
