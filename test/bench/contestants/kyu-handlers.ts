import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { JobHandler } from '../../../lib/index.js';
import type { Observable } from 'rxjs';
import type { Handle } from '../child/contestant.js';
import { JOB_TYPE, type BenchPayload } from '../child/payload.js';

/** The handler, written as the README shows it. */
@Injectable()
export class BenchHandlers {
  handle: Handle = () => {};

  @JobHandler(JOB_TYPE)
  async send(payload: BenchPayload): Promise<void> {
    await this.handle(payload);
  }
}

/** Does what every interceptor does, and nothing else. */
@Injectable()
export class OuterInterceptor implements NestInterceptor {
  calls = 0;

  intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
    this.calls += 1;
    return next.handle();
  }
}

/** The second one. */
@Injectable()
export class InnerInterceptor extends OuterInterceptor {}
