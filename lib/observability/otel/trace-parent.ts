import {
  createTraceState,
  isSpanContextValid,
  trace,
  TraceFlags,
  type Context,
  type SpanContext,
  type TextMapGetter,
  type TextMapPropagator,
  type TextMapSetter,
} from '@opentelemetry/api';

const PARENT = 'traceparent';
const STATE = 'tracestate';
const LONGEST_STATE = 512;
const FORM = /^(?!ff)[\da-f]{2}-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(?:-|$)/;

/**
 * W3C Trace Context, the form in which a trace travels with a job. Not the global propagator: that one may not be set
 * when the first job is enqueued, and it may carry baggage, which nobody expects to find in a database.
 */
export class TraceParent implements TextMapPropagator {
  inject(context: Context, carrier: unknown, setter: TextMapSetter): void {
    const span = trace.getSpanContext(context);
    if (span === undefined || !isSpanContextValid(span)) return;
    const flags = span.traceFlags.toString(16).padStart(2, '0');
    setter.set(carrier, PARENT, `00-${span.traceId}-${span.spanId}-${flags}`);
    const state = span.traceState?.serialize() ?? '';
    if (state !== '' && state.length <= LONGEST_STATE) setter.set(carrier, STATE, state);
  }

  extract(context: Context, carrier: unknown, getter: TextMapGetter): Context {
    const value = getter.get(carrier, PARENT);
    const state = getter.get(carrier, STATE);
    const span =
      typeof value === 'string'
        ? spanContextOf(value, typeof state === 'string' ? state : undefined)
        : undefined;
    return span === undefined ? context : trace.setSpanContext(context, span);
  }

  fields(): string[] {
    return [PARENT, STATE];
  }
}

function spanContextOf(text: string, state: string | undefined): SpanContext | undefined {
  const [, traceId, spanId, flags] = FORM.exec(text) ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  const isSampled = (Number.parseInt(flags, 16) & TraceFlags.SAMPLED) !== 0;
  const span = {
    traceId,
    spanId,
    traceFlags: isSampled ? TraceFlags.SAMPLED : TraceFlags.NONE,
    isRemote: true,
    ...(state === undefined ? {} : { traceState: createTraceState(state) }),
  };
  return isSpanContextValid(span) ? span : undefined;
}
