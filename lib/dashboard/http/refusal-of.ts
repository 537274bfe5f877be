import { HttpException } from '@nestjs/common';
import { InvalidSearchError, KyuError } from '../../core/errors.js';
import { ApiRefusal, failed } from '../refusal.js';

/** HTTP statuses of what the services refuse; what is not here is a mistake of whoever asked. */
const STATUSES: Readonly<Record<string, number>> = {
  KYU_JOB_NOT_FOUND: 404,
  KYU_SCHEDULE_NOT_FOUND: 404,
  KYU_WORKER_NOT_FOUND: 404,
  KYU_JOB_NOT_CANCELLABLE: 409,
  KYU_JOB_NOT_RETRYABLE: 409,
  KYU_JOB_SUPERSEDED: 409,
  KYU_JOB_NOT_WAITING: 409,
  KYU_JOB_NOT_CHANGEABLE: 409,
  KYU_JOB_RUNNING: 409,
  KYU_DUPLICATE_JOB: 409,
  KYU_SCHEDULE_CONFLICT: 409,
  KYU_NOT_A_WORKER: 409,
  KYU_PAYLOAD: 400,
  KYU_INVALID_JOB: 400,
  KYU_INVALID_QUERY: 400,
  KYU_INVALID_SEARCH: 400,
  KYU_READING_TIMEOUT: 503,
  KYU_INVALID_SCHEDULE: 400,
  KYU_CONTEXT: 400,
  KYU_LEDGER_UNAVAILABLE: 503,
  KYU_CLOSED: 503,
};

/** An error as the API tells it. What nobody foresaw is told to `unforeseen`, and its text to nobody else. */
export function refusalOf(error: unknown, unforeseen: (error: unknown) => void): ApiRefusal {
  if (error instanceof ApiRefusal) return error;
  if (error instanceof HttpException) return refusalOfHttp(error, unforeseen);
  const status = error instanceof KyuError ? STATUSES[error.code] : undefined;
  if (error instanceof KyuError && status !== undefined) return refusalOfKyu(error, status);
  unforeseen(error);
  return failed();
}

function refusalOfKyu(error: KyuError, status: number): ApiRefusal {
  const { message, remedy, field, jobId } = error;
  const position = error instanceof InvalidSearchError ? { position: error.position } : {};
  const details = {
    ...(field === undefined ? {} : { field }),
    ...(jobId === undefined ? {} : { jobId }),
    ...position,
  };
  // The error's own text ends with its remedy already.
  const what = message.endsWith(` ${remedy}`) ? message.slice(0, -remedy.length - 1) : message;
  return new ApiRefusal(status, error, what, {
    remedy,
    ...(Object.keys(details).length === 0 ? {} : { details }),
    ...(status === 503 ? { headers: { 'retry-after': '5' } } : {}),
  });
}

/** What a guard of the application, or the framework, threw. */
function refusalOfHttp(error: HttpException, unforeseen: (error: unknown) => void): ApiRefusal {
  const status = error.getStatus();
  if (status >= 500) unforeseen(error);
  const code = status === 401 ? 'UNAUTHENTICATED' : status === 403 ? 'FORBIDDEN' : 'REFUSED';
  const what = status >= 500 ? 'The application failed' : `The application refused: ${error.message}`;
  return new ApiRefusal(status, code, `${what}.`, { remedy: 'Ask whoever runs the application.' });
}
