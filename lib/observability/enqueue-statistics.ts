import type { EventBus } from '../core/event-bus.js';
import { BoundedNames } from './bounded-names.js';
import { DurationHistogram } from './duration-histogram.js';

/** What this process knows of its enqueues, by job type. */
export class EnqueueStatistics {
  private readonly names = new BoundedNames();
  private readonly jobs = new Map<string, number>();
  private readonly times = new Map<string, DurationHistogram>();

  /** Returns what ends the subscriptions. */
  listenTo(events: EventBus): () => void {
    const endings = [
      events.on('jobs.enqueued', ({ jobs }) => {
        for (const { type } of jobs) this.count(this.names.of(type));
      }),
      events.on('enqueue.timed', ({ types, tookMs }) => {
        for (const type of types) this.time(this.names.of(type), tookMs);
      }),
    ];
    return () => {
      for (const end of endings) end();
    };
  }

  /** How many jobs of each type were written. */
  byType(): ReadonlyMap<string, number> {
    return this.jobs;
  }

  /** How long the calls took that had jobs of the type. */
  durations(): ReadonlyMap<string, DurationHistogram> {
    return this.times;
  }

  private count(type: string): void {
    this.jobs.set(type, (this.jobs.get(type) ?? 0) + 1);
  }

  private time(type: string, tookMs: number): void {
    let histogram = this.times.get(type);
    if (histogram === undefined) this.times.set(type, (histogram = new DurationHistogram()));
    histogram.observe(tookMs);
  }
}
