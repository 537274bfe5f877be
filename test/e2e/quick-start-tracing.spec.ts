import { ConfigService } from '@nestjs/config';
import { context, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { afterEach, describe, expect, it } from 'vitest';
import { settingsSchema, type Settings } from '../../sample/000-quick-start/app/settings.js';
import { TracingService } from '../../sample/000-quick-start/app/tracing/tracing.service.js';
import { startHookServer } from '../support/observability/hook-server.js';

afterEach(() => {
  trace.disable();
  context.disable();
});

function serviceWith(settings: Partial<Settings>): TracingService {
  return new TracingService(new ConfigService<Settings, true>({ ...settingsSchema.parse({}), ...settings }));
}

describe('the traces of the quick-start', () => {
  it('F122 are sent as OTLP to where the environment leads, the last of them at the shutdown', async () => {
    const collector = await startHookServer();
    const service = serviceWith({
      OTEL_EXPORTER_OTLP_ENDPOINT: `${collector.url}/`,
      OTEL_SERVICE_NAME: 'shop-api',
    });
    const tracer = trace.getTracer('nestjs-kyu');
    const id = tracer.startActiveSpan('enqueue shop', { kind: SpanKind.PRODUCER }, (parent) => {
      const run = tracer.startSpan('process shop', {
        kind: SpanKind.CONSUMER,
        attributes: { 'messaging.system': 'kyu', 'kyu.job.run': 2, 'kyu.share': 0.5, 'kyu.tags': ['a', 'b'] },
        links: [{ context: parent.spanContext() }],
      });
      run.recordException(new Error('the card was refused'));
      run.setStatus({ code: SpanStatusCode.ERROR, message: 'the card was refused' });
      run.end();
      parent.end();
      return parent.spanContext();
    });

    await service.onApplicationShutdown();

    const [request, ...others] = collector.requests;
    expect(others).toEqual([]);
    expect(request).toMatchObject({ method: 'POST', path: '/v1/traces' });
    const body: unknown = request?.body;
    const { resourceSpans } = body as Traces;
    expect(resourceSpans[0]?.resource.attributes).toEqual([
      { key: 'service.name', value: { stringValue: 'shop-api' } },
    ]);
    expect(resourceSpans[0]?.scopeSpans[0]?.scope.name).toBe('nestjs-kyu');
    const spans = resourceSpans[0]?.scopeSpans[0]?.spans ?? [];
    const run = spans.find(({ name }) => name === 'process shop');
    expect(spans.find(({ name }) => name === 'enqueue shop')).toMatchObject({ ...idsOf(id), kind: 4 });
    expect(run).toMatchObject({
      traceId: id.traceId,
      parentSpanId: id.spanId,
      kind: 5,
      status: { code: 2, message: 'the card was refused' },
      links: [idsOf(id)],
      events: [{ name: 'exception' }],
    });
    expect(run?.attributes).toEqual([
      { key: 'messaging.system', value: { stringValue: 'kyu' } },
      { key: 'kyu.job.run', value: { intValue: '2' } },
      { key: 'kyu.share', value: { doubleValue: 0.5 } },
      { key: 'kyu.tags', value: { arrayValue: { values: [{ stringValue: 'a' }, { stringValue: 'b' }] } } },
    ]);
    const tookNanoseconds = BigInt(run?.endTimeUnixNano ?? 0) - BigInt(run?.startTimeUnixNano ?? 0);
    expect(tookNanoseconds).toBeGreaterThanOrEqual(0n);
    expect(Math.abs(Number(BigInt(run?.startTimeUnixNano ?? 0) / 1_000_000n) - Date.now())).toBeLessThan(
      60_000,
    );
  });

  it('are lost without an error while the collector refuses them', async () => {
    const collector = await startHookServer();
    collector.answers.push({ status: 503, body: 'overloaded' });
    const service = serviceWith({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
    trace.getTracer('nestjs-kyu').startSpan('enqueue shop').end();

    await service.onApplicationShutdown();

    expect(collector.requests).toHaveLength(1);
  });

  it('are not made without an address', async () => {
    const service = serviceWith({});

    expect(trace.getTracer('nestjs-kyu').startSpan('enqueue shop').isRecording()).toBe(false);
    await expect(service.onApplicationShutdown()).resolves.toBeUndefined();
  });
});

interface SpanIds {
  readonly traceId: string;
  readonly spanId: string;
}

function idsOf({ spanId, traceId }: SpanIds): SpanIds {
  return { traceId, spanId };
}

/** The part of OTLP that is looked at here. */
interface Traces {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: unknown };
    readonly scopeSpans: readonly {
      readonly scope: { readonly name: string };
      readonly spans: readonly (SpanIds & {
        readonly name: string;
        readonly attributes: unknown;
        readonly startTimeUnixNano: string;
        readonly endTimeUnixNano: string;
      })[];
    }[];
  }[];
}
