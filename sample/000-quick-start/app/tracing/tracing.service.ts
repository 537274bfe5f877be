import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { Settings } from '../settings.js';
import { OtlpExporter } from './otlp-exporter.js';

/** Sends traces to where `OTEL_EXPORTER_OTLP_ENDPOINT` leads; without it nothing is made, and nothing is sent. */
@Injectable()
export class TracingService implements OnApplicationShutdown {
  private readonly logger = new Logger('Tracing');
  private readonly provider: BasicTracerProvider | undefined;
  private hasFailed = false;

  constructor(config: ConfigService<Settings, true>) {
    const endpoint = config.get('OTEL_EXPORTER_OTLP_ENDPOINT', { infer: true });
    if (endpoint === '') return;
    const exporter = new OtlpExporter({
      endpoint,
      serviceName: config.get('OTEL_SERVICE_NAME', { infer: true }),
      onFailure: (error) => this.complainOnce(error),
    });
    this.provider = new BasicTracerProvider({ spanProcessors: [new BatchSpanProcessor(exporter)] });
    trace.setGlobalTracerProvider(this.provider);
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  }

  /** After the workers have drained: the spans of the last runs are sent as well. Without a collector they are lost. */
  async onApplicationShutdown(): Promise<void> {
    await this.provider?.shutdown().catch((error: Error) => this.complainOnce(error));
  }

  /** A collector that is away must not fill the log. */
  private complainOnce({ message }: Error): void {
    if (this.hasFailed) return;
    this.hasFailed = true;
    this.logger.warn(`Traces are lost until the collector answers: ${message}`);
  }
}
