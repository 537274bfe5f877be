import type { Attributes, Counter, Histogram, Meter, UpDownCounter } from '@opentelemetry/api';
import type { EventBus } from '../../core/event-bus.js';
import type { Settlement } from '../../core/settlement.js';
import { BoundedNames } from '../bounded-names.js';
import { errorTypeOf } from '../error-type.js';
import { BUCKETS_SECONDS } from '../metric-catalogue.js';
import { runStatusOf } from '../run-statistics.js';
import { ATTRIBUTE } from './attributes.js';

/** Counters and histograms about jobs. Job types are bounded as on the metrics page. */
export class JobInstruments {
  private readonly names = new BoundedNames();
  private readonly enqueued: Counter;
  private readonly processed: Counter;
  private readonly errors: Counter;
  private readonly duration: Histogram;
  private readonly enqueueDuration: Histogram;
  private readonly inFlight: UpDownCounter;

  constructor(meter: Meter) {
    const seconds = { unit: 's', advice: { explicitBucketBoundaries: [...BUCKETS_SECONDS] } };
    this.enqueued = meter.createCounter('kyu.jobs.enqueued', {
      unit: '{job}',
      description: 'Jobs that were written.',
    });
    this.processed = meter.createCounter('kyu.jobs.processed', {
      unit: '{run}',
      description: 'Runs that were settled, by what became of the job.',
    });
    this.errors = meter.createCounter('kyu.jobs.errors', {
      unit: '{run}',
      description: 'Runs that ended with an error, by its kind.',
    });
    this.inFlight = meter.createUpDownCounter('kyu.jobs.in_flight', {
      unit: '{run}',
      description: 'Runs under way.',
    });
    this.duration = meter.createHistogram('kyu.job.duration', {
      ...seconds,
      description: 'From the start of a run to its outcome.',
    });
    this.enqueueDuration = meter.createHistogram('kyu.job.enqueue_duration', {
      ...seconds,
      description: 'From the call of enqueue to the answer of the ledger.',
    });
  }

  /** Returns what ends the subscriptions. */
  listenTo(events: EventBus): () => void {
    const endings = [
      events.on('jobs.enqueued', ({ jobs }) => {
        for (const { type } of jobs) this.enqueued.add(1, this.of(type));
      }),
      events.on('enqueue.timed', ({ types, tookMs }) => {
        for (const type of types) this.enqueueDuration.record(tookMs / 1_000, this.of(type));
      }),
      events.on('runs.settled', ({ settlements }) => {
        for (const settlement of settlements) this.settled(settlement);
      }),
    ];
    return () => {
      for (const end of endings) end();
    };
  }

  runStarted(type: string): void {
    this.inFlight.add(1, this.of(type));
  }

  runEnded(type: string): void {
    this.inFlight.add(-1, this.of(type));
  }

  private settled(settlement: Settlement): void {
    const type = this.of(settlement.claim.type);
    const status = runStatusOf(settlement);
    const errorType = errorTypeOf(settlement);
    const attributes = { ...type, [ATTRIBUTE.status]: status };
    this.processed.add(1, attributes);
    if (errorType !== undefined) this.errors.add(1, { ...type, [ATTRIBUTE.errorType]: errorType });
    // How long a shutdown let a run go on says nothing about the job.
    if (status === 'released') return;
    const tookMs = settlement.finishedAfterMs - settlement.startedAfterMs;
    this.duration.record(Math.max(0, tookMs) / 1_000, attributes);
  }

  private of(type: string): Attributes {
    return { [ATTRIBUTE.jobType]: this.names.of(type) };
  }
}
