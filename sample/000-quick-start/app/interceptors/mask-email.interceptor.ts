import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { catchError, throwError, type Observable } from 'rxjs';
import { maskEmails } from './mask-emails.js';

/**
 * Middleware for the handlers that write to people: the ledger keeps the errors of every run for ever,
 * and mail servers like to repeat the address in theirs.
 */
@Injectable()
export class MaskEmailInterceptor implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(catchError((error: unknown) => throwError(() => masked(error))));
  }
}

/** The same error object, because its class still decides what becomes of the job. */
function masked(error: unknown): unknown {
  if (!(error instanceof Error)) return maskEmails(String(error));
  const message = maskEmails(error.message);
  error.stack = error.stack?.replace(error.message, () => message);
  error.message = message;
  return error;
}
