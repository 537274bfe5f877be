import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { getJobContext } from 'nestjs-kyu';
import { finalize, type Observable } from 'rxjs';
import { RunTimes } from './run-times.js';

/** Middleware for every job: measures the handler, also when it fails. */
@Injectable()
export class TimingInterceptor implements NestInterceptor {
  constructor(private readonly runTimes: RunTimes) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const job = getJobContext(context);
    const startedAt = performance.now();
    return next.handle().pipe(finalize(() => this.runTimes.record(job.type, performance.now() - startedAt)));
  }
}
