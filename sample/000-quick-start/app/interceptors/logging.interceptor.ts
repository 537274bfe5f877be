import {
  Injectable,
  Logger,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import { getJobContext } from 'nestjs-kyu';
import { tap, type Observable } from 'rxjs';

/** Middleware for every job: says what went well (level debug) and what did not (level warn). */
@Injectable()
export class LoggingInterceptor implements NestInterceptor {
  private readonly logger = new Logger('Jobs');

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const job = getJobContext(context);
    const name = `${job.type} ${job.id}`;
    return next.handle().pipe(
      tap({
        complete: () => this.logger.debug(`${name} done`),
        error: (error: unknown) =>
          this.logger.warn(`${name} failed, attempt ${job.attempt} of ${job.maxAttempts}: ${String(error)}`),
      }),
    );
  }
}
