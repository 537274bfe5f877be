import {
  metrics,
  trace,
  type MeterProvider,
  type TextMapPropagator,
  type TracerProvider,
} from '@opentelemetry/api';
import type { CarriedContext } from '../../core/carried-context.js';
import type { Claim } from '../../core/claim.js';
import type { EventBus } from '../../core/event-bus.js';
import type { JobId } from '../../core/job.js';
import type { DraftedJob, EnqueueCall, KyuTelemetry, RunTelemetry } from '../../core/ports/telemetry.js';
import { KyuConfigError, type ConfigProblem } from '../../core/errors.js';
import { OptionScope, type KeysOf } from '../../core/option-scope.js';
import { JobInstruments } from './job-instruments.js';
import { JobSpans } from './job-spans.js';
import { TraceParent } from './trace-parent.js';

/** Options of `kyuOpenTelemetry`. */
export interface KyuOpenTelemetryOptions {
  /**
   * `parent` (default): a run belongs to the trace of the call that enqueued its job. `link`: a run begins a trace of
   * its own, for jobs that run hours later or very often. It is linked to the call in both cases.
   */
  runs?: 'parent' | 'link';
  /** Default: the global one. */
  tracerProvider?: TracerProvider;
  /** Default: the global one. */
  meterProvider?: MeterProvider;
  /** How the trace travels with the job. Default: W3C Trace Context (`traceparent`, `tracestate`), without baggage. */
  propagator?: TextMapPropagator;
}

const SCOPE = 'nestjs-kyu';

const KEYS: KeysOf<KyuOpenTelemetryOptions> = {
  runs: true,
  tracerProvider: true,
  meterProvider: true,
  propagator: true,
};

/** Shows Kyu's work through the OpenTelemetry API. */
export class OpenTelemetry implements KyuTelemetry {
  private readonly spans: JobSpans;
  private readonly made: () => JobInstruments;
  private instruments: JobInstruments | undefined;

  constructor(options: KyuOpenTelemetryOptions, version: string) {
    const runs = readRuns(options);
    const { meterProvider, propagator, tracerProvider = trace } = options;
    this.spans = new JobSpans({
      // The global provider may be set later: its tracer finds it at the first span.
      tracer: tracerProvider.getTracer(SCOPE, version),
      propagator: propagator ?? new TraceParent(),
      isChild: runs === 'parent',
    });
    // A meter does not: one that is made too early stays silent for ever.
    this.made = () => new JobInstruments((meterProvider ?? metrics).getMeter(SCOPE, version));
  }

  listenTo(events: EventBus): () => void {
    return this.current().listenTo(events);
  }

  enqueue<Answer>(call: EnqueueCall, work: () => Promise<Answer>): Promise<Answer> {
    return this.spans.enqueue(call, work);
  }

  carry(job: DraftedJob): CarriedContext | undefined {
    return this.spans.carry(job);
  }

  startRun(claim: Claim, context: CarriedContext): RunTelemetry {
    const instruments = this.current();
    const span = this.spans.startRun(claim, context);
    instruments.runStarted(claim.type);
    return {
      call: (work) => span.call(work),
      end: (settlement) => {
        instruments.runEnded(claim.type);
        span.end(settlement);
      },
    };
  }

  operate(verb: string, jobId: JobId | undefined, work: () => unknown): unknown {
    return this.spans.operate(verb, jobId, work);
  }

  private current(): JobInstruments {
    this.instruments ??= this.made();
    return this.instruments;
  }
}

/** @throws KyuConfigError for an option that does not exist, and a value that it cannot have */
function readRuns(options: KyuOpenTelemetryOptions): 'parent' | 'link' {
  const problems: ConfigProblem[] = [];
  const scope = new OptionScope<KyuOpenTelemetryOptions>(problems, '', options, Object.keys(KEYS));
  const runs = scope.choice('runs', ['parent', 'link']) ?? 'parent';
  if (problems.length > 0) throw new KyuConfigError(problems, 'The options of kyuOpenTelemetry');
  return runs;
}
