import { KyuError } from './kyu-error.js';

export { KyuConfigError, KyuError, type ConfigProblem, type KyuErrorDetails } from './kyu-error.js';
export {
  JobNotFoundError,
  JobNotCancellableError,
  JobNotRetryableError,
  JobSupersededError,
  JobNotWaitingError,
  JobNotChangeableError,
  JobRunningError,
  WorkerNotFoundError,
} from './operator-errors.js';
export {
  LeaseLostError,
  JobTimeoutError,
  ShutdownError,
  JobCancelledError,
  JobDeadlineError,
  JobDeadError,
  JobWaitTimeoutError,
  CompletionRolledBackError,
  NoTransactionError,
} from './run-errors.js';
export { InvalidScheduleError, ScheduleNotFoundError, ScheduleConflictError } from './schedule-errors.js';

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
