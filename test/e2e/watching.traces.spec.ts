import { ROOT_CONTEXT, SpanStatusCode, context, trace } from '@opentelemetry/api';
import { DiscardJob, JobHandler, KyuAdmin, KyuProducer, type KyuModuleOptions } from 'nestjs-kyu';
import { kyuOpenTelemetry } from 'nestjs-kyu/otel';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { startProcess } from '../support/child-process.js';
import { eventually } from '../support/eventually.js';
import { startApp } from '../support/kyu-app.js';
import { TelemetryLab } from '../support/observability/telemetry-lab.js';
import { TestLedger } from '../support/test-ledger.js';

let ledger: TestLedger;

beforeAll(async () => {
  ledger = await TestLedger.open('traces');
  TelemetryLab.followPromises();
});

afterAll(async () => {
  TelemetryLab.forget();
  await ledger.close();
});

function openLab(): { lab: TelemetryLab; telemetry: NonNullable<KyuModuleOptions['telemetry']> } {
  const lab = new TelemetryLab();
  onTestFinished(() => lab.close());
  const { meterProvider, tracerProvider } = lab;
  return { lab, telemetry: kyuOpenTelemetry({ meterProvider, tracerProvider }) };
}

/** One application that enqueues, another one that works, each with an SDK of its own. */
async function startBoth(handlers: new () => object) {
  const queueName = ledger.newQueue();
  const shop = openLab();
  const works = openLab();
  await startApp({
    providers: [handlers],
    kyu: ledger.options({ queueName, telemetry: works.telemetry }),
  });
  const app = await startApp({
    kyu: ledger.options({ queueName, telemetry: shop.telemetry, role: 'producer' }),
  });
  return { kyu: app.get(KyuProducer), admin: app.get(KyuAdmin), shop: shop.lab, works: works.lab, queueName };
}

describe('a trace', () => {
  it('F106 leads from the request over the enqueue and the run to what the handler does', async () => {
    let works: TelemetryLab;
    class Handlers {
      @JobHandler('traced')
      async run(): Promise<void> {
        await Promise.resolve();
        works.tracerProvider.getTracer('application').startSpan('SELECT').end();
      }
    }
    const both = await startBoth(Handlers);
    works = both.works;
    const request = both.shop.tracerProvider.getTracer('application').startSpan('POST /orders');
    const inRequest = trace.setSpan(ROOT_CONTEXT, request);
    const { id } = await context.with(inRequest, () => both.kyu.enqueue('traced', {}));
    await ledger.ends(id);
    const [enqueue] = both.shop.named('enqueue ');
    const [run] = await eventually(() => {
      expect(works.named('process ')).toHaveLength(1);
      return works.named('process ');
    });
    const [query] = works.named('SELECT');
    const spans = [enqueue, run, query].map((span) => span?.spanContext());
    expect(new Set(spans.map((span) => span?.traceId))).toEqual(new Set([request.spanContext().traceId]));
    expect(enqueue?.parentSpanContext?.spanId).toBe(request.spanContext().spanId);
    expect(run?.parentSpanContext?.spanId).toBe(spans[0]?.spanId);
    expect(run?.links[0]?.context.spanId).toBe(spans[0]?.spanId);
    expect(query?.parentSpanContext?.spanId).toBe(spans[1]?.spanId);
    expect(run?.attributes).toMatchObject({
      'messaging.message.id': id,
      'messaging.destination.name': both.queueName,
    });
  });

  it('F106 shows errors and operations, and metrics beside it', async () => {
    class Handlers {
      @JobHandler('gives_up')
      run(): void {
        throw new DiscardJob('no such address');
      }
    }
    const { kyu, admin, shop, works } = await startBoth(Handlers);
    const results = await kyu.enqueueMany([{ type: 'gives_up', payload: {} }]);
    const id = results[0]?.status === 'created' ? results[0].id : '';
    await ledger.reaches(id, 'dead');
    await admin.get(id);

    expect(shop.named('enqueue_many ')[0]?.attributes).toMatchObject({ 'messaging.batch.message_count': 1 });
    expect(works.named('process ')[0]).toMatchObject({
      status: { code: SpanStatusCode.ERROR },
      attributes: { 'error.type': 'discarded', 'kyu.job.status': 'dead' },
    });
    expect(shop.named('get')[0]?.attributes).toMatchObject({ 'messaging.message.id': id });
    const ofType = { 'kyu.job.type': 'gives_up' };
    expect(await shop.readings('kyu.jobs.enqueued')).toEqual([{ attributes: ofType, value: 1 }]);
    expect(await shop.readings('kyu.job.enqueue_duration')).toMatchObject([{ value: { count: 1 } }]);
    await eventually(async () => {
      expect(await works.readings('kyu.jobs.errors')).toEqual([
        { attributes: { ...ofType, 'error.type': 'discarded' }, value: 1 },
      ]);
    });
    expect(await works.readings('kyu.jobs.in_flight')).toMatchObject([{ value: 0 }]);
  });

  it('F106 is one across two processes', async () => {
    const { lab, telemetry } = openLab();
    const queueName = ledger.newQueue();
    const options = ledger.options({ queueName, telemetry, role: 'producer' });
    const app = await startApp({ kyu: options });
    const { logger: _logger, telemetry: _telemetry, role: _role, ...settings } = options;
    const worker = await startProcess('traced-worker', { kyu: settings });
    await worker.says('ready');
    const { id } = await app.get(KyuProducer).enqueue('traced', {});
    const line = await worker.says('spans ');
    const spans = JSON.parse(line.slice('spans '.length)) as Record<string, string>[];
    const origin = lab.named('enqueue ')[0]?.spanContext();
    const run = spans.find(({ name }) => name === `process ${queueName}`);
    const query = spans.find(({ name }) => name === 'SELECT');
    expect(run).toMatchObject({ traceId: origin?.traceId, parentId: origin?.spanId });
    expect(query).toMatchObject({ traceId: origin?.traceId, parentId: run?.['spanId'] });
    expect(await ledger.ends(id)).toMatchObject({ status: 'completed' });
  });
});
