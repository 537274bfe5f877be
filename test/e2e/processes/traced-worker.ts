import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { JobHandler, KyuModule, OnJobEvent } from 'nestjs-kyu';
import { kyuOpenTelemetry } from 'nestjs-kyu/otel';
import { readSettings, say } from './settings.js';

/** A worker with the SDK, which tells the test what spans it has made. */
const exporter = new InMemorySpanExporter();
const tracerProvider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
trace.setGlobalTracerProvider(tracerProvider);

class Handlers {
  @JobHandler('traced')
  async traced(): Promise<void> {
    await Promise.resolve();
    trace.getTracer('application').startSpan('SELECT').end();
  }

  @OnJobEvent('succeeded')
  tell(): void {
    const spans = exporter.getFinishedSpans().map((span) => ({
      name: span.name,
      traceId: span.spanContext().traceId,
      spanId: span.spanContext().spanId,
      parentId: span.parentSpanContext?.spanId,
    }));
    say(`spans ${JSON.stringify(spans)}`);
  }
}

const telemetry = kyuOpenTelemetry();

@Module({ imports: [KyuModule.forRoot({ ...readSettings().kyu, telemetry })], providers: [Handlers] })
class AppModule {}

const app = await NestFactory.createApplicationContext(AppModule);
app.enableShutdownHooks();
say('ready');
