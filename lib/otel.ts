import type { KyuTelemetry } from './core/ports/telemetry.js';
import { KYU_VERSION } from './kyu.version.js';
import { OpenTelemetry, type KyuOpenTelemetryOptions } from './observability/otel/open-telemetry.js';

export type { KyuOpenTelemetryOptions } from './observability/otel/open-telemetry.js';

/**
 * Spans and metrics through `@opentelemetry/api`: one span around each enqueue, one around each
 * run, both in one trace across processes. The SDK, its exporters and its context manager are the application's own.
 * @example
 * KyuModule.forRoot({ telemetry: kyuOpenTelemetry() })
 */
export function kyuOpenTelemetry(options: KyuOpenTelemetryOptions = {}): KyuTelemetry {
  return new OpenTelemetry(options, KYU_VERSION);
}
