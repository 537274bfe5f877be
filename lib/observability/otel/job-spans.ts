import { AsyncLocalStorage } from 'node:async_hooks';
import {
  context,
  defaultTextMapGetter,
  defaultTextMapSetter,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Context,
  type Link,
  type Span,
  type SpanOptions,
  type TextMapPropagator,
  type Tracer,
} from '@opentelemetry/api';
import type { CarriedContext } from '../../core/carried-context.js';
import type { Claim } from '../../core/claim.js';
import { recordError, type ErrorRecord } from '../../core/error-record.js';
import { KyuError } from '../../core/errors.js';
import type { JobId } from '../../core/job.js';
import type { DraftedJob, EnqueueCall, RunTelemetry } from '../../core/ports/telemetry.js';
import type { Settlement } from '../../core/settlement.js';
import { errorTypeOf } from '../error-type.js';
import { ATTRIBUTE, operation, runAttributes } from './attributes.js';
import { EnqueueSpan } from './enqueue-span.js';
import { guarded, guardedSpan } from './guarded.js';

export interface JobSpansParts {
  readonly tracer: Tracer;
  readonly propagator: TextMapPropagator;
  /** Whether a run belongs to the trace of the call that enqueued its job; it is linked to it in any case. */
  readonly isChild: boolean;
}

/** Spans about jobs: one around each call of the producer, one around each run, one around each verb of the admin. */
export class JobSpans {
  /** Of its own, because an application may have set no context manager. */
  private readonly calls = new AsyncLocalStorage<EnqueueSpan>();

  constructor(private readonly parts: JobSpansParts) {}

  async enqueue<Answer>(call: EnqueueCall, work: () => Promise<Answer>): Promise<Answer> {
    const attributes = operation(call.name, 'send');
    const span = this.start(call.name, { kind: SpanKind.PRODUCER, attributes });
    const enqueueSpan = new EnqueueSpan(span, call);
    try {
      const active = trace.setSpan(context.active(), span);
      const answer = await this.calls.run(enqueueSpan, () => context.with(active, work));
      guarded(() => enqueueSpan.answered(answer));
      return answer;
    } catch (error) {
      guarded(() => failWith(span, error));
      throw error;
    } finally {
      guarded(() => enqueueSpan.end());
    }
  }

  carry(job: DraftedJob): CarriedContext | undefined {
    const call = this.calls.getStore();
    if (call === undefined) return undefined;
    return guarded(() => {
      call.add(job);
      const carried: Record<string, string> = {};
      this.parts.propagator.inject(trace.setSpan(ROOT_CONTEXT, call.span), carried, defaultTextMapSetter);
      return carried;
    });
  }

  startRun(claim: Claim, carried: CarriedContext): RunTelemetry {
    const { propagator } = this.parts;
    const extracted = guarded(() => propagator.extract(ROOT_CONTEXT, carried, defaultTextMapGetter));
    const origin = extracted ?? ROOT_CONTEXT;
    const parent = this.parts.isChild ? origin : ROOT_CONTEXT;
    const span = this.start(
      `process ${claim.queue}`,
      { kind: SpanKind.CONSUMER, attributes: runAttributes(claim), links: linksTo(origin) },
      parent,
    );
    const active = trace.setSpan(parent, span);
    return {
      call: (work) => context.with(active, work),
      end: (settlement) => guarded(() => endRun(span, settlement)),
    };
  }

  operate(verb: string, jobId: JobId | undefined, work: () => unknown): unknown {
    const attributes = operation(verb);
    if (jobId !== undefined) attributes[ATTRIBUTE.jobId] = jobId;
    const span = this.start(verb, { kind: SpanKind.CLIENT, attributes });
    const fail = (error: unknown): never => {
      guarded(() => {
        failWith(span, error);
        span.end();
      });
      throw error;
    };
    const pass = (answer: unknown): unknown => {
      guarded(() => span.end());
      return answer;
    };
    try {
      const answer = context.with(trace.setSpan(context.active(), span), work);
      return answer instanceof Promise ? answer.then(pass, fail) : pass(answer);
    } catch (error) {
      return fail(error);
    }
  }

  private start(name: string, options: SpanOptions, parent?: Context): Span {
    return guardedSpan(() => this.parts.tracer.startSpan(name, options, parent));
  }
}

function linksTo(origin: Context): Link[] {
  const span = trace.getSpanContext(origin);
  return span === undefined ? [] : [{ context: span }];
}

function endRun(span: Span, settlement: Settlement): void {
  span.setAttributes({ [ATTRIBUTE.outcome]: settlement.outcome, [ATTRIBUTE.status]: settlement.status });
  const errorType = errorTypeOf(settlement);
  if (errorType !== undefined && settlement.error !== null) fail(span, errorType, settlement.error);
  span.end();
}

function failWith(span: Span, error: unknown): void {
  fail(span, error instanceof KyuError ? error.code : 'error', recordError(error));
}

/** As the ledger keeps it: bounded, and without the password of a connection string. */
function fail(span: Span, errorType: string, { message, stack }: ErrorRecord): void {
  span.recordException({ name: errorType, message, ...(stack === null ? {} : { stack }) });
  span.setAttribute(ATTRIBUTE.errorType, errorType);
  span.setStatus({ code: SpanStatusCode.ERROR, message });
}
