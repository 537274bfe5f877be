import { AsyncLocalStorage } from 'node:async_hooks';
import {
  Injectable,
  Module,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import { trace } from '@opentelemetry/api';
import {
  DeliveryFailure,
  DiscardJob,
  getJobContext,
  JobHandler,
  KyuProducer,
  OnJobEvent,
  type JobContext,
  type JobDeadEvent,
  type KyuModuleOptions,
  type KyuNotifier,
} from 'nestjs-kyu';
import { kyuOpenTelemetry } from 'nestjs-kyu/otel';
import { Observable } from 'rxjs';

/** What a middleware of the application would know of each request. */
export const requests = new AsyncLocalStorage<{ requestId: string }>();

/** Gives the request back to whatever asks for it below a handler. */
@Injectable()
export class RequestInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const { requestId = 'none' } = getJobContext(context).context;
    return new Observable((subscriber) =>
      requests.run({ requestId }, () => next.handle().subscribe(subscriber)),
    );
  }
}

/** Payload of `charge` and of `receipt`. */
export interface Order {
  readonly orderId: string;
  readonly cents: number;
}

/** What was done, with the request that it was done for. */
@Injectable()
export class Journal {
  readonly lines: string[] = [];
}

@Injectable()
export class OrderDesk {
  readonly troubles: string[] = [];

  constructor(private readonly kyu: KyuProducer) {}

  async place(order: Order): Promise<string> {
    const { id } = await this.kyu.enqueue('charge', order, { priority: 10 });
    return id;
  }

  @OnJobEvent('dead', { type: 'charge' })
  onDead({ jobId, error }: JobDeadEvent): void {
    this.troubles.push(`${jobId}: ${error}`);
  }
}

@Injectable()
export class Cashier {
  constructor(
    private readonly kyu: KyuProducer,
    private readonly journal: Journal,
  ) {}

  @JobHandler('charge')
  async charge(order: Order, job: JobContext<Order>): Promise<void> {
    if (order.cents <= 0) throw new DiscardJob(`There is nothing to charge for ${order.orderId}.`);
    const span = trace.getTracer('order-desk').startSpan('charge the card');
    await Promise.resolve();
    this.journal.lines.push(`charged ${order.orderId} for ${job.context['requestId']}`);
    span.end();
    // A job of the same request: it carries what this one carries.
    await this.kyu.enqueue('receipt', order);
  }

  @JobHandler('receipt')
  async receipt(order: Order): Promise<void> {
    await Promise.resolve();
    // Code that knows nothing of jobs asks where it always asks.
    this.journal.lines.push(`sent the receipt of ${order.orderId} for ${requests.getStore()?.requestId}`);
  }
}

/** A notifier of one's own; `slack()`, `discord()`, `telegram()` and `webhook()` come with Kyu. */
export function pager(page: (text: string, signal: AbortSignal) => Promise<number>): KyuNotifier {
  return {
    name: 'pager',
    on: ['dead'],
    async deliver({ text }, signal) {
      const status = await page(text, signal);
      if (status === 404) throw new DeliveryFailure('nobody carries this pager any more', { isFinal: true });
      if (status >= 400) throw new DeliveryFailure(`the pager answered ${status}`);
    },
  };
}

/** What the application gives to `KyuModule.forRoot`. */
export function kyuOptions(page: (text: string) => Promise<number>): KyuModuleOptions {
  return {
    carry: () => requests.getStore(),
    interceptors: [RequestInterceptor],
    telemetry: kyuOpenTelemetry(),
    notifiers: [pager(page)],
  };
}

@Module({ providers: [Journal, OrderDesk, Cashier], exports: [OrderDesk] })
export class OrderDeskModule {}
