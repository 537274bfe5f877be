import { SpanStatusCode, type Attributes, type AttributeValue, type HrTime } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';

const NANOSECONDS = 1_000_000_000n;

/** Spans as OTLP writes them in JSON: the body of a request to `/v1/traces`. */
export function otlpTraces(serviceName: string, spans: readonly ReadableSpan[]): object {
  const scopes = new Map<string, ReadableSpan[]>();
  for (const span of spans) {
    const { name } = span.instrumentationScope;
    scopes.set(name, [...(scopes.get(name) ?? []), span]);
  }
  const scopeSpans = [...scopes].map(([name, of]) => ({ scope: { name }, spans: of.map(otlpSpan) }));
  return {
    resourceSpans: [
      { resource: { attributes: otlpAttributes({ 'service.name': serviceName }) }, scopeSpans },
    ],
  };
}

function otlpSpan(span: ReadableSpan): object {
  const { traceId, spanId } = span.spanContext();
  const parent = span.parentSpanContext?.spanId;
  const { code, message } = span.status;
  return {
    traceId,
    spanId,
    ...(parent !== undefined && { parentSpanId: parent }),
    name: span.name,
    // OTLP counts from one: its zero says that nobody knows.
    kind: span.kind + 1,
    startTimeUnixNano: nanoseconds(span.startTime),
    endTimeUnixNano: nanoseconds(span.endTime),
    attributes: otlpAttributes(span.attributes),
    events: span.events.map(({ attributes = {}, name, time }) => ({
      name,
      timeUnixNano: nanoseconds(time),
      attributes: otlpAttributes(attributes),
    })),
    links: span.links.map(({ attributes = {}, context }) => ({
      traceId: context.traceId,
      spanId: context.spanId,
      attributes: otlpAttributes(attributes),
    })),
    status: code === SpanStatusCode.ERROR ? { code, message: message ?? '' } : { code },
  };
}

/** Too large for a number: text, as OTLP wants its 64-bit integers. */
function nanoseconds([seconds, rest]: HrTime): string {
  return String(BigInt(seconds) * NANOSECONDS + BigInt(rest));
}

function otlpAttributes(attributes: Attributes): object[] {
  return Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined ? [] : [{ key, value: otlpValue(value) }],
  );
}

function otlpValue(value: AttributeValue): object {
  if (Array.isArray(value)) {
    const known = value.filter((item) => item !== null && item !== undefined);
    return { arrayValue: { values: known.map(otlpValue) } };
  }
  switch (typeof value) {
    case 'boolean':
      return { boolValue: value };
    case 'number':
      return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
    default:
      return { stringValue: value };
  }
}
