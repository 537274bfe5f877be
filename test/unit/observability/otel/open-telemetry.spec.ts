import { context, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { CarriedContext } from '../../../../lib/core/carried-context.js';
import { InvalidJobError } from '../../../../lib/core/errors.js';
import { EventBus } from '../../../../lib/core/event-bus.js';
import type { DraftedJob, KyuTelemetry } from '../../../../lib/core/ports/telemetry.js';
import { kyuOpenTelemetry, type KyuOpenTelemetryOptions } from '../../../../lib/otel.js';
import { claim, EVERY_END, JOB_ID, settlement, WORKER_ID } from '../../../support/observability/runs.js';
import { TelemetryLab } from '../../../support/observability/telemetry-lab.js';

const JOB: DraftedJob = { id: JOB_ID, type: 'send_email', queue: 'shop' };

let lab: TelemetryLab;
let telemetry: KyuTelemetry;

beforeAll(() => TelemetryLab.followPromises());
afterAll(() => TelemetryLab.forget());
beforeEach(() => {
  lab = new TelemetryLab();
  telemetry = adapter();
});
afterEach(() => lab.close());

function adapter(options: KyuOpenTelemetryOptions = {}): KyuTelemetry {
  const { meterProvider, tracerProvider } = lab;
  return kyuOpenTelemetry({ meterProvider, tracerProvider, ...options });
}

/** One enqueue of one job, and what it carries. */
async function enqueue(job = JOB): Promise<CarriedContext> {
  let carried: CarriedContext | undefined;
  await telemetry.enqueue({ name: 'enqueue', count: 1 }, async () => {
    await Promise.resolve();
    carried = telemetry.carry(job);
    return { id: job.id, created: true };
  });
  return carried ?? {};
}

const traceOf = (carried: CarriedContext): string | undefined => carried['traceparent']?.split('-')[1];

describe('the span of an enqueue', () => {
  it('F106 is of the kind PRODUCER and follows the conventions for messaging', async () => {
    const carried = await enqueue();
    const [span] = lab.named('enqueue');
    expect(span).toMatchObject({
      name: 'enqueue shop',
      kind: SpanKind.PRODUCER,
      attributes: {
        'messaging.system': 'kyu',
        'messaging.operation.name': 'enqueue',
        'messaging.operation.type': 'send',
        'messaging.destination.name': 'shop',
        'messaging.message.id': JOB_ID,
        'kyu.job.type': 'send_email',
      },
    });
    expect(span?.attributes).not.toHaveProperty('messaging.batch.message_count');
    const { traceId, spanId } = span!.spanContext(); // matched above
    expect(carried).toEqual({ traceparent: `00-${traceId}-${spanId}-01` });
  });

  it('F106 belongs to the trace that the caller is in', async () => {
    const caller = lab.tracerProvider.getTracer('application').startSpan('POST /orders');
    const carried = await context.with(trace.setSpan(ROOT_CONTEXT, caller), () => enqueue());
    expect(traceOf(carried)).toBe(caller.spanContext().traceId);
    expect(lab.named('enqueue')[0]?.parentSpanContext?.spanId).toBe(caller.spanContext().spanId);
  });

  it('F106 of many jobs is one, with their number, and each job leads back to it', async () => {
    const carried: unknown[] = [];
    await telemetry.enqueue({ name: 'enqueue_many', count: 2 }, async () => {
      for (const id of ['a', 'b']) carried.push(telemetry.carry({ ...JOB, id }));
      return [];
    });
    const [span, ...others] = lab.named('enqueue');
    expect(others).toEqual([]);
    expect(span).toMatchObject({
      name: 'enqueue_many shop',
      attributes: { 'messaging.batch.message_count': 2, 'messaging.destination.name': 'shop' },
    });
    expect(span?.attributes).not.toHaveProperty('messaging.message.id');
    expect(carried[0]).toEqual(carried[1]);
  });

  it('names no queue when the jobs go to several', async () => {
    await telemetry.enqueue({ name: 'enqueue_many', count: 2 }, async () => {
      for (const queue of ['a', 'b']) telemetry.carry({ ...JOB, queue });
    });
    const [span] = lab.named('enqueue_many');
    expect(span?.name).toBe('enqueue_many');
    expect(span?.attributes).not.toHaveProperty('messaging.destination.name');
  });

  it('names the job that stands for the call, when that is an older one', async () => {
    await telemetry.enqueue({ name: 'enqueue', count: 1 }, async () => {
      telemetry.carry(JOB);
      return { id: 'older', created: false };
    });
    expect(lab.named('enqueue')[0]?.attributes['messaging.message.id']).toBe('older');
  });

  it('F106 has the error when the enqueue is refused', async () => {
    const refused = new InvalidJobError('priority', '"x"', 'a number');
    const call = telemetry.enqueue({ name: 'enqueue', count: 1 }, () => Promise.reject(refused));
    await expect(call).rejects.toBe(refused);
    const [span] = lab.named('enqueue');
    expect(span).toMatchObject({
      status: { code: SpanStatusCode.ERROR },
      attributes: { 'error.type': 'KYU_INVALID_JOB' },
      events: [{ name: 'exception', attributes: { 'exception.type': 'KYU_INVALID_JOB' } }],
    });
  });

  it('carries nothing outside of a call', () => {
    expect(telemetry.carry(JOB)).toBeUndefined();
  });
});

describe('the span of a run', () => {
  it('F106 is of the kind CONSUMER, in the trace of the enqueue, and linked to it', async () => {
    const carried = await enqueue();
    const run = telemetry.startRun(claim({ retryCount: 1, run: 2, priority: 5, payload: '"ü"' }), carried);
    run.end(settlement());
    const [producer] = lab.named('enqueue');
    const [span] = lab.named('process');
    const origin = producer!.spanContext(); // there is one
    expect(span).toMatchObject({
      name: 'process shop',
      kind: SpanKind.CONSUMER,
      status: { code: SpanStatusCode.UNSET },
      attributes: {
        'messaging.system': 'kyu',
        'messaging.operation.name': 'process',
        'messaging.operation.type': 'process',
        'messaging.destination.name': 'shop',
        'messaging.message.id': JOB_ID,
        'messaging.message.body.size': 4,
        'messaging.client.id': WORKER_ID,
        'kyu.job.type': 'send_email',
        'kyu.job.run': 2,
        'kyu.job.attempt': 2,
        'kyu.job.priority': 5,
        'kyu.job.outcome': 'completed',
        'kyu.job.status': 'completed',
      },
    });
    expect(span?.spanContext().traceId).toBe(origin.traceId);
    expect(span?.parentSpanContext).toMatchObject({ spanId: origin.spanId, isRemote: true });
    expect(span?.links).toMatchObject([{ context: { traceId: origin.traceId, spanId: origin.spanId } }]);
  });

  it('F106 begins a trace of its own and is linked, where that is asked for', async () => {
    telemetry = adapter({ runs: 'link' });
    const carried = await enqueue();
    telemetry.startRun(claim(), carried).end(settlement());
    const [span] = lab.named('process');
    expect(span?.parentSpanContext).toBeUndefined();
    expect(span?.spanContext().traceId).not.toBe(traceOf(carried));
    expect(span?.links).toMatchObject([{ context: { traceId: traceOf(carried) } }]);
  });

  const USELESS: CarriedContext[] = [
    {},
    { traceparent: 'nonsense' },
    { traceparent: `00-${'0'.repeat(32)}-${'0'.repeat(16)}-01` },
  ];

  it.each(USELESS)('stands alone when the job carries %j', (carried) => {
    telemetry.startRun(claim(), carried).end(settlement());
    const [span] = lab.named('process');
    expect([span?.parentSpanContext, span?.links]).toEqual([undefined, []]);
  });

  it('F106 is the active one below the handler, across awaits', async () => {
    const run = telemetry.startRun(claim(), {});
    await run.call(async () => {
      await Promise.resolve();
      lab.tracerProvider.getTracer('application').startSpan('SELECT').end();
    });
    run.end(settlement());
    const [own] = lab.named('SELECT');
    expect(own?.parentSpanContext?.spanId).toBe(lab.named('process')[0]?.spanContext().spanId);
    expect(trace.getActiveSpan()).toBeUndefined();
  });

  it.each([
    ['failed', 'handler_error', 'it broke'],
    ['timedOut', 'timeout', 'too slow'],
    ['discarded', 'discarded', 'no such address'],
  ])('F106 has the error of a run that %s', (end, errorType, message) => {
    telemetry.startRun(claim(), {}).end(settlement(EVERY_END[end]));
    expect(lab.named('process')[0]).toMatchObject({
      status: { code: SpanStatusCode.ERROR, message },
      attributes: { 'error.type': errorType },
      events: [
        {
          name: 'exception',
          attributes: { 'exception.message': message, 'exception.type': errorType },
        },
      ],
    });
  });

  it.each(['snoozed', 'released', 'cancelled'])('has no error when the run was %s', (end) => {
    telemetry.startRun(claim(), {}).end(settlement(EVERY_END[end]));
    const [span] = lab.named('process');
    expect([span?.status.code, span?.events]).toEqual([SpanStatusCode.UNSET, []]);
  });

  it('keeps the state of the trace, and hands it on', async () => {
    const origin = { traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`, tracestate: 'vendor=1' };
    const run = telemetry.startRun(claim(), origin);
    const carried = await run.call(() => enqueue());
    run.end(settlement());
    expect(carried).toMatchObject({ tracestate: 'vendor=1' });
    expect(traceOf(carried as CarriedContext)).toBe('a'.repeat(32));
  });

  it('is sampled only where the enqueue was', () => {
    const origin = { traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-00` };
    telemetry.startRun(claim(), origin).end(settlement());
    expect(lab.named('process')).toEqual([]);
  });
});

describe('the span of an operation', () => {
  it('F106 is of the kind CLIENT and ends with its promise', async () => {
    const answer = telemetry.operate('get', JOB_ID, () => Promise.resolve('job'));
    expect(lab.named('get')).toEqual([]);
    expect(await answer).toBe('job');
    expect(lab.named('get')[0]).toMatchObject({
      kind: SpanKind.CLIENT,
      attributes: { 'messaging.operation.name': 'get', 'messaging.message.id': JOB_ID },
    });
  });

  it('F106 has the error when it is refused', async () => {
    const refuse = (): never => {
      throw new Error('no');
    };
    expect(() => telemetry.operate('list', undefined, refuse)).toThrow('no');
    await expect(telemetry.operate('list', undefined, async () => refuse())).rejects.toThrow('no');
    expect(lab.named('list').map(({ status }) => status.code)).toEqual([
      SpanStatusCode.ERROR,
      SpanStatusCode.ERROR,
    ]);
  });
});

describe('the instruments', () => {
  it('F106 count jobs, runs, errors and times, by type', async () => {
    const events = new EventBus();
    const end = telemetry.listenTo(events);
    events.emit('jobs.enqueued', { queue: 'shop', jobs: [{ id: 'a', type: 'send_email' }] });
    events.emit('enqueue.timed', { types: ['send_email'], tookMs: 20 });
    const runs = ['completed', 'failed', 'released'].map((name) =>
      settlement({ ...EVERY_END[name], startedAfterMs: 0, finishedAfterMs: 500 }),
    );
    events.emit('runs.settled', { settlements: runs });
    const type = { 'kyu.job.type': 'send_email' };

    expect(await lab.readings('kyu.jobs.enqueued')).toEqual([{ attributes: type, value: 1 }]);
    expect(await lab.readings('kyu.jobs.processed')).toEqual(
      ['completed', 'failed', 'released'].map((status) => ({
        attributes: { ...type, 'kyu.job.status': status },
        value: 1,
      })),
    );
    expect(await lab.readings('kyu.jobs.errors')).toEqual([
      { attributes: { ...type, 'error.type': 'handler_error' }, value: 1 },
    ]);
    expect(await lab.readings('kyu.job.duration')).toMatchObject([
      { attributes: { 'kyu.job.status': 'completed' }, value: { count: 1, sum: 0.5 } },
      { attributes: { 'kyu.job.status': 'failed' }, value: { count: 1, sum: 0.5 } },
    ]);
    expect(await lab.readings('kyu.job.enqueue_duration')).toMatchObject([
      { attributes: type, value: { count: 1, sum: 0.02 } },
    ]);

    end();
    events.emit('jobs.enqueued', { queue: 'shop', jobs: [{ id: 'b', type: 'send_email' }] });
    expect(await lab.readings('kyu.jobs.enqueued')).toMatchObject([{ value: 1 }]);
  });

  it('F106 know how many runs are under way', async () => {
    const first = telemetry.startRun(claim(), {});
    telemetry.startRun(claim(), {});
    expect(await lab.readings('kyu.jobs.in_flight')).toMatchObject([{ value: 2 }]);
    first.end(settlement());
    expect(await lab.readings('kyu.jobs.in_flight')).toMatchObject([{ value: 1 }]);
  });

  it('F107 have at most 101 job types', async () => {
    const events = new EventBus();
    telemetry.listenTo(events);
    const jobs = Array.from({ length: 300 }, (_, number) => ({ id: `${number}`, type: `type-${number}` }));
    events.emit('jobs.enqueued', { queue: 'shop', jobs });
    const readings = await lab.readings('kyu.jobs.enqueued');
    expect(readings).toHaveLength(101);
    expect(readings.at(-1)).toEqual({ attributes: { 'kyu.job.type': 'other' }, value: 200 });
  });
});

describe('the options', () => {
  it.each([
    [{ runs: 'parnt' }, /runs: got "parnt", allowed: 'parent' or 'link' \(did you mean "parent"\?\)/],
    [{ tracerProvder: {} }, /tracerProvder.*did you mean "tracerProvider"/],
    [5, /options: got 5, allowed: an object/],
  ])('refuse %j', (options, complaint) => {
    expect(() => kyuOpenTelemetry(options as KyuOpenTelemetryOptions)).toThrow(complaint);
  });
});

describe('an application whose telemetry is broken', () => {
  const broken = (): never => {
    throw new Error('the exporter is broken');
  };

  it('F106 loses spans, and neither jobs nor answers', async () => {
    const processor = {
      onStart: broken,
      onEnd: broken,
      forceFlush: async () => {},
      shutdown: async () => {},
    };
    const tracerProvider = new BasicTracerProvider({ spanProcessors: [processor] });
    const propagator = { inject: broken, extract: broken, fields: () => [] };
    telemetry = kyuOpenTelemetry({ tracerProvider, propagator });
    const answer = await telemetry.enqueue({ name: 'enqueue', count: 1 }, () => {
      expect(telemetry.carry(JOB)).toBeUndefined();
      return Promise.resolve({ id: JOB_ID });
    });
    expect(answer).toEqual({ id: JOB_ID });
    const refused = telemetry.enqueue({ name: 'enqueue', count: 1 }, () => Promise.reject(new Error('no')));
    await expect(refused).rejects.toThrow('no');
    const run = telemetry.startRun(claim(), { traceparent: 'x' });
    expect(run.call(() => 'done')).toBe('done');
    expect(() => run.end(settlement(EVERY_END['failed']))).not.toThrow();
    expect(await telemetry.operate('get', JOB_ID, () => Promise.resolve('job'))).toBe('job');
  });
});

describe('an application without an SDK', () => {
  it('F106 is not disturbed', async () => {
    const silent = kyuOpenTelemetry();
    silent.listenTo(new EventBus());
    const answer = await silent.enqueue({ name: 'enqueue', count: 1 }, () => {
      expect(silent.carry(JOB)).toEqual({});
      return Promise.resolve({ id: JOB_ID });
    });
    expect(answer).toEqual({ id: JOB_ID });
    const run = silent.startRun(claim(), {});
    expect(run.call(() => 5)).toBe(5);
    expect(() => run.end(settlement())).not.toThrow();
  });
});
