import { diag, INVALID_SPAN_CONTEXT, trace, type Span } from '@opentelemetry/api';

/** Exporters and propagators are the application's: what they throw must reach neither a job nor its enqueue. */
export function guarded<Answer>(action: () => Answer): Answer | undefined {
  try {
    return action();
  } catch (error) {
    diag.error('nestjs-kyu: the telemetry of the application threw', error);
    return undefined;
  }
}

/** A span, or one that records nothing where none can be made. */
export function guardedSpan(start: () => Span): Span {
  return guarded(start) ?? trace.wrapSpanContext(INVALID_SPAN_CONTEXT);
}
