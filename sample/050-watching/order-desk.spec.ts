import { Test, type TestingModule } from '@nestjs/testing';
import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { DeliveryFailure, KyuWorkers } from 'nestjs-kyu';
import { KyuTestbed, KyuTestingModule } from 'nestjs-kyu/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Journal, kyuOptions, OrderDesk, OrderDeskModule, pager, requests } from './order-desk.module.js';

const QUIET = { log() {}, warn() {}, error() {}, debug() {} };
const spans = new InMemorySpanExporter();

beforeAll(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(
    new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] }),
  );
});

afterAll(() => {
  trace.disable();
  context.disable();
});

describe('an order desk', () => {
  let app: TestingModule;
  let kyu: KyuTestbed;

  beforeEach(async () => {
    spans.reset();
    const { notifiers: _nobody, ...options } = kyuOptions(() => Promise.resolve(200));
    app = await Test.createTestingModule({
      imports: [KyuTestingModule.forRoot({ ...options, logger: QUIET }), OrderDeskModule],
    }).compile();
    kyu = app.get(KyuTestbed);
  });

  afterEach(() => app.close());

  const place = (requestId: string, cents: number): Promise<string> =>
    requests.run({ requestId }, () => app.get(OrderDesk).place({ orderId: 'o-1', cents }));

  it('knows at every step for which request it works', async () => {
    await place('r-7', 4_200);
    expect(await kyu.drain()).toMatchObject({ completed: 2 });
    expect(app.get(Journal).lines).toEqual(['charged o-1 for r-7', 'sent the receipt of o-1 for r-7']);
  });

  it('is one trace, from the order to the receipt', async () => {
    await place('r-7', 4_200);
    await kyu.drain();
    const finished = spans.getFinishedSpans();
    expect(finished.map(({ name }) => name)).toEqual([
      'enqueue kyu:default',
      'charge the card',
      'enqueue kyu:default',
      'process kyu:default',
      'process kyu:default',
    ]);
    expect(new Set(finished.map((span) => span.spanContext().traceId)).size).toBe(1);
  });

  it('hears of a charge that is given up', async () => {
    const id = await place('r-8', 0);
    await kyu.drain();
    expect(app.get(OrderDesk).troubles).toEqual([`${id}: DiscardJob: There is nothing to charge for o-1.`]);
  });

  it('can say what it did', async () => {
    await place('r-7', 4_200);
    await place('r-8', 0);
    await kyu.drain();
    expect(app.get(KyuWorkers).statistics()).toMatchObject([
      { type: 'charge', priority: 10, started: 2, succeeded: 1, failed: 1 },
      { type: 'receipt', priority: 0, started: 1, succeeded: 1, failed: 0 },
    ]);
  });
});

describe('the pager', () => {
  const { signal } = new AbortController();

  it('is told in one line', async () => {
    const pages: string[] = [];
    const notifier = pager((text) => Promise.resolve(pages.push(text) === 1 ? 200 : 500));
    await notifier.deliver({ text: '[dead] charge' }, signal);
    expect(pages).toEqual(['[dead] charge']);
    await expect(notifier.deliver({ text: 'again' }, signal)).rejects.toMatchObject({ isFinal: false });
  });

  it('is not tried again when it is gone', async () => {
    const gone = pager(() => Promise.resolve(404)).deliver({ text: 'x' }, signal);
    await expect(gone).rejects.toBeInstanceOf(DeliveryFailure);
    await expect(gone).rejects.toMatchObject({ isFinal: true });
  });
});
