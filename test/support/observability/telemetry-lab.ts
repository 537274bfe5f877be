import { context, metrics, trace, type Attributes } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
  type ReadableSpan,
} from '@opentelemetry/sdk-trace-base';

/** One value of an instrument, with its attributes. */
export interface Reading {
  readonly attributes: Attributes;
  readonly value: unknown;
}

/** The SDK with exporters that keep everything in memory. */
export class TelemetryLab {
  readonly spans = new InMemorySpanExporter();
  readonly tracerProvider = new BasicTracerProvider({
    spanProcessors: [new SimpleSpanProcessor(this.spans)],
  });
  private readonly exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  private readonly reader = new PeriodicExportingMetricReader({
    exporter: this.exporter,
    exportIntervalMillis: 3_600_000,
  });
  readonly meterProvider = new MeterProvider({ readers: [this.reader] });

  /** Makes `context.active()` follow promises, as an application's SDK does. */
  static followPromises(): void {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  }

  static forget(): void {
    context.disable();
    trace.disable();
    metrics.disable();
  }

  /** The finished spans whose name begins so. */
  named(beginning: string): ReadableSpan[] {
    return this.spans.getFinishedSpans().filter(({ name }) => name.startsWith(beginning));
  }

  /** What an instrument says now. */
  async readings(instrument: string): Promise<Reading[]> {
    this.exporter.reset();
    await this.reader.forceFlush();
    const found = this.exporter
      .getMetrics()
      .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics))
      .filter(({ descriptor }) => descriptor.name === instrument);
    return found.flatMap(({ dataPoints }) =>
      dataPoints.map(({ attributes, value }) => ({ attributes, value })),
    );
  }

  async close(): Promise<void> {
    await this.meterProvider.shutdown();
    await this.tracerProvider.shutdown();
  }
}
