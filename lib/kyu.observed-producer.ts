import type { EntityManager } from 'typeorm';
import type { EventBus } from './core/event-bus.js';
import type { JobReference, PayloadInputOf } from './core/job-definition.js';
import { jobTypeOf } from './core/job-definition.js';
import type { Clock } from './core/ports/clock.js';
import type { EnqueueCall, KyuTelemetry } from './core/ports/telemetry.js';
import type { EnqueueOptions } from './core/resolve-enqueue-options.js';
import { KyuProducer } from './kyu.injectables.js';
import type { EnqueuedJob, EnqueueResult } from './producer/enqueue-answers.js';
import type { EnqueueItem, InTransaction, ProducerParts } from './producer/producer.js';

/** Who looks on while jobs are enqueued. */
export interface ProducerObservers {
  readonly clock: Pick<Clock, 'monotonicMs'>;
  readonly events: EventBus;
  readonly telemetry: KyuTelemetry | undefined;
}

/** The producer that applications get: it measures its calls, and shows them to a tracing system where there is one. */
export class ObservedProducer extends KyuProducer {
  constructor(
    parts: ProducerParts<EntityManager>,
    private readonly observers: ProducerObservers,
  ) {
    super(parts);
  }

  /** Runs for every job: what only a tracing system needs is made only for it. */
  override async enqueue<Reference extends JobReference>(
    type: Reference,
    payload: PayloadInputOf<Reference>,
    options?: EnqueueOptions & InTransaction<EntityManager>,
  ): Promise<EnqueuedJob> {
    const { clock, telemetry } = this.observers;
    const beganMs = clock.monotonicMs();
    const job =
      telemetry === undefined
        ? await super.enqueue(type, payload, options)
        : await telemetry.enqueue({ name: 'enqueue', count: 1 }, () => super.enqueue(type, payload, options));
    this.tellTime([jobTypeOf(type)], beganMs);
    return job;
  }

  override async enqueueMany<Reference extends JobReference>(
    items: readonly EnqueueItem<Reference>[],
    options?: InTransaction<EntityManager>,
  ): Promise<EnqueueResult[]> {
    const { clock, telemetry } = this.observers;
    const beganMs = clock.monotonicMs();
    const work = (): Promise<EnqueueResult[]> => super.enqueueMany(items, options);
    const count = Array.isArray(items) ? items.length : 0;
    const call: EnqueueCall = { name: 'enqueue_many', count };
    const results = telemetry === undefined ? await work() : await telemetry.enqueue(call, work);
    this.tellTime(typesOf(items, results), beganMs);
    return results;
  }

  private tellTime(types: string[], beganMs: number): void {
    const { clock, events } = this.observers;
    events.emit('enqueue.timed', { types, tookMs: clock.monotonicMs() - beganMs });
  }
}

/**
 * Of what stands in the ledger now. The items belong to the caller, who may have changed them meanwhile: a call whose
 * jobs are written must not fail for that.
 */
function typesOf(items: readonly EnqueueItem[], results: readonly EnqueueResult[]): string[] {
  const types = new Set<string>();
  for (const [index, { status }] of results.entries()) {
    const reference = status === 'rejected' ? undefined : items[index]?.type;
    if (reference !== undefined) types.add(jobTypeOf(reference));
  }
  return [...types];
}
