import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-base';
import { otlpTraces } from './otlp-json.js';

type Tell = Parameters<SpanExporter['export']>[1];

/** `ExportResultCode` of a package that the sample does not need otherwise. */
const SUCCESS = 0;
const FAILED = 1;

const PATIENCE_MS = 5_000;

export interface OtlpExporterOptions {
  /** `http://host:4318`; the path of traces is added. */
  endpoint: string;
  serviceName: string;
  /** Called when a request failed. Its spans are gone, and the jobs do not notice. */
  onFailure: (error: Error) => void;
}

/**
 * Sends spans to a collector, as JSON over HTTP. It stands for `OTLPTraceExporter` of
 * `@opentelemetry/exporter-trace-otlp-http`, so that the sample runs with what is installed here.
 */
export class OtlpExporter implements SpanExporter {
  private readonly url: string;
  private readonly requests = new Set<Promise<void>>();

  constructor(private readonly options: OtlpExporterOptions) {
    this.url = `${options.endpoint.replace(/\/+$/, '')}/v1/traces`;
  }

  export(spans: ReadableSpan[], tell: Tell): void {
    const request = this.send(spans)
      .then(
        () => tell({ code: SUCCESS }),
        (error: Error) => {
          this.options.onFailure(error);
          tell({ code: FAILED, error });
        },
      )
      .finally(() => this.requests.delete(request));
    this.requests.add(request);
  }

  async forceFlush(): Promise<void> {
    await Promise.all(this.requests);
  }

  shutdown(): Promise<void> {
    return this.forceFlush();
  }

  private async send(spans: readonly ReadableSpan[]): Promise<void> {
    const response = await fetch(this.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(otlpTraces(this.options.serviceName, spans)),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    if (!response.ok) throw new Error(`${this.url} answered ${response.status}: ${await response.text()}`);
    await response.arrayBuffer();
  }
}
