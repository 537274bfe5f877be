import { describeProblem, KyuError, type ConfigProblem } from './kyu-error.js';

export { KyuConfigError, KyuError, type ConfigProblem, type KyuErrorDetails } from './kyu-error.js';

/** A payload cannot be stored: JSON cannot hold it, or it is too large. */
export class KyuPayloadError extends KyuError {
  constructor(path: string, reason: string, remedy: string) {
    super('KYU_PAYLOAD', `The payload cannot be stored: ${path} ${reason}.`, { field: path, remedy });
  }
}

/** An argument of `enqueue` or of an admin verb is not usable. */
export class InvalidJobError extends KyuError {
  constructor(field: string, got: string, allowed: string) {
    super('KYU_INVALID_JOB', `The job was not enqueued: ${field} is ${got}.`, {
      field,
      remedy: `Give ${allowed}.`,
    });
  }
}

/** An argument of an admin call is not usable. */
export class InvalidQueryError extends KyuError {
  constructor(field: string, got: string, allowed: string) {
    super('KYU_INVALID_QUERY', `The query was refused: ${field} is ${got}.`, {
      field,
      remedy: `Give ${allowed}.`,
    });
  }
}

/** A search text cannot be read. */
export class InvalidSearchError extends KyuError {
  /** At which character of the text, counted from 0. */
  readonly position: number;

  constructor(position: number, what: string, allowed = 'fields such as type:send_email, or words') {
    super('KYU_INVALID_SEARCH', `The search cannot be read at character ${position + 1}: ${what}.`, {
      field: 'search',
      remedy: `Give ${allowed}; docs/searching.md has every field.`,
    });
    this.position = position;
  }
}

/** A reading for people took longer than it may. Nothing was changed. */
export class ReadingTimeoutError extends KyuError {
  constructor(what: string, limitMs: number, cause: unknown) {
    super('KYU_READING_TIMEOUT', `${what} took longer than ${limitMs} ms and was given up.`, {
      remedy:
        'Narrow it: name a status, a queue, a type or a span of time, or choose the order "created", which has an index.',
      cause,
    });
  }
}

/** The ledger's schema is missing, older or newer than this version of Kyu needs. */
export class KyuSchemaVersionError extends KyuError {
  constructor(message: string, remedy: string) {
    super('KYU_SCHEMA_VERSION', message, { remedy });
  }
}

/** PostgreSQL could not be reached, or refused. */
export class LedgerUnavailableError extends KyuError {
  constructor(what: string, cause: unknown) {
    super('KYU_LEDGER_UNAVAILABLE', `The ledger (PostgreSQL) did not answer: ${what}.`, {
      remedy: 'Check that PostgreSQL runs and that the connection options are right; nothing was half done.',
      cause,
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

/** A job's type has no handler in any living worker, and the option `onUnknown` says that such jobs are dead. */
export class UnknownJobTypeError extends KyuError {
  constructor(jobId: string, type: string, queue: string) {
    super(
      'KYU_UNKNOWN_JOB_TYPE',
      `Job ${jobId} is of type "${type}", which no living worker of queue "${queue}" handles.`,
      {
        jobId,
        field: type,
        remedy:
          "Start a worker with a @JobHandler for it, then retry the job; onUnknown: 'leave' lets such jobs wait.",
      },
    );
  }
}

/** Another job holds the key of a unique one. */
export class DuplicateJobError extends KyuError {
  /** The holder's key, with its scope. */
  readonly key: string;

  constructor(holderId: string, key: string) {
    super('KYU_DUPLICATE_JOB', `The job was not enqueued: job ${holderId} holds the key "${key}".`, {
      field: 'unique',
      jobId: holderId,
      remedy:
        "Wait for that job, or enqueue with onConflict: 'skip' to get its id, or 'replace' to change it.",
    });
    this.key = key;
  }
}

/** Two handlers claim the same job type. */
export class HandlerConflictError extends KyuError {
  constructor(type: string, first: string, second: string) {
    super('KYU_HANDLER_CONFLICT', `Job type "${type}" has two handlers: ${first} and ${second}.`, {
      field: type,
      remedy: 'Keep one @JobHandler for it, or give them different names.',
    });
  }
}

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

/** Something was asked of a Kyu instance that it was not set up for, or too early. */
export class NotAWorkerError extends KyuError {
  constructor(what: string, reason: 'producer' | 'not started' = 'producer') {
    super('KYU_NOT_A_WORKER', `${what} needs a worker, and ${NO_WORKER_BECAUSE[reason]}.`, {
      field: 'role',
      remedy: NO_WORKER_REMEDIES[reason],
    });
  }
}

const NO_WORKER_BECAUSE = {
  producer: "this instance has role 'producer'",
  'not started': 'the application has not started yet',
} as const;

const NO_WORKER_REMEDIES = {
  producer: "Start it with role: 'worker', or call it in the process that runs the workers.",
  'not started': 'Call it from onApplicationBootstrap on, or after app.init() or app.listen().',
} as const;

/** The instance is shutting down and takes no new work. */
export class KyuClosedError extends KyuError {
  constructor(what: string) {
    super('KYU_CLOSED', `${what} was refused: this Kyu instance is closed.`, {
      remedy: 'Call it before the application has shut down.',
    });
  }
}

/** What `carry` answered cannot travel with a job. Nothing was written. */
export class KyuContextError extends KyuError {
  constructor(field: string, what: string, cause?: unknown) {
    super('KYU_CONTEXT', `The job was not enqueued: ${field} ${what}.`, {
      field,
      remedy: 'Let carry() answer a small flat record of texts, such as { requestId, tenant }, or undefined.',
      cause,
    });
  }
}

/** A schedule cannot be used as it was given; `problems` names every mistake at once. */
export class InvalidScheduleError extends KyuError {
  readonly problems: readonly ConfigProblem[];

  constructor(schedule: string, problems: readonly ConfigProblem[]) {
    const lines = problems.map((problem) => `\n  - ${describeProblem(problem)}`).join('');
    super('KYU_INVALID_SCHEDULE', `The schedule ${schedule} was not written:${lines}\n`, {
      field: problems[0]?.field ?? 'schedule',
      remedy: 'Correct it and call again; docs/schedules.md lists every field.',
    });
    this.problems = problems;
  }
}

/** There is no schedule with this name. */
export class ScheduleNotFoundError extends KyuError {
  constructor(name: string) {
    super('KYU_SCHEDULE_NOT_FOUND', `There is no schedule ${name}.`, {
      field: 'name',
      remedy: 'It was removed, or it belongs to another application (queueName) or schema.',
    });
  }
}

/** The name of a schedule is taken: by a second declaration in code, or by a schedule of another source. */
export class ScheduleConflictError extends KyuError {
  constructor(name: string, first: string, second: string) {
    super('KYU_SCHEDULE_CONFLICT', `Schedule "${name}" exists twice: ${first} and ${second}.`, {
      field: name,
      remedy: 'Give one of them another name, or remove it.',
    });
  }
}
