import { AsyncResource } from 'node:async_hooks';
import type { EventBus } from '../core/event-bus.js';
import {
  tellCancelled,
  tellEnqueued,
  tellRescued,
  tellSettled,
  tellStalled,
  tellStarted,
  type JobEventName,
  type JobEvents,
} from '../core/job-events.js';

type JobListener<Name extends JobEventName> = (event: JobEvents[Name]) => unknown;

/** Told about a listener that threw or rejected. */
export type OnListenerError = (name: JobEventName, error: unknown) => void;

/** More events than this wait for their listeners; the oldest are dropped, and counted, rather than memory filled. */
const MOST_WAITING = 10_000;

/**
 * Events about single jobs, for application code. They are told after the engine has gone on, one turn of the event
 * loop later, so a listener can neither hold a run up nor break it. While nobody listens, nothing is built.
 */
export class JobEventHub {
  private readonly listeners = new Map<JobEventName, Set<JobListener<JobEventName>>>();
  private waiting: { name: JobEventName; event: JobEvents[JobEventName] }[] = [];
  private planned = false;
  /**
   * As if called from where the hub was made. Otherwise a batch would be told within the job, or the request, that
   * happened to cause its first event, and what a listener enqueues would carry a context that is none of its business.
   */
  private readonly deliverOutside = AsyncResource.bind(() => this.deliver());
  /** Events that were dropped because listeners did not keep up. */
  dropped = 0;

  constructor(
    events: EventBus,
    private readonly onListenerError: OnListenerError,
  ) {
    const tell = this.tell;
    events.on('jobs.enqueued', (batch) => this.wants('enqueued') && tellEnqueued(batch, tell));
    events.on('runs.claimed', (batch) => this.wants('started') && tellStarted(batch, tell));
    events.on('runs.settled', (batch) => this.wantsAny() && tellSettled(batch, tell));
    events.on('runs.lost', (batch) => this.wants('stalled') && tellStalled(batch, tell));
    events.on('jobs.rescued', (batch) => this.wantsAny() && tellRescued(batch, tell));
    events.on('job.cancelled', (event) => this.wants('cancelled') && tellCancelled(event, tell));
  }

  /** Returns what ends the subscription. */
  on<Name extends JobEventName>(name: Name, listener: JobListener<Name>): () => void {
    const existing = this.listeners.get(name) ?? new Set();
    this.listeners.set(name, existing);
    const entry = listener as JobListener<JobEventName>;
    existing.add(entry);
    return () => void existing.delete(entry);
  }

  private readonly tell = (name: JobEventName, event: JobEvents[JobEventName]): void => {
    if (!this.wants(name)) return;
    if (this.waiting.length >= MOST_WAITING) {
      this.waiting.shift();
      this.dropped += 1;
    }
    this.waiting.push({ name, event });
    if (this.planned) return;
    this.planned = true;
    setImmediate(this.deliverOutside);
  };

  private deliver(): void {
    this.planned = false;
    const batch = this.waiting;
    this.waiting = [];
    for (const { name, event } of batch) {
      for (const listener of this.listeners.get(name) ?? []) this.call(name, listener, event);
    }
  }

  private call(
    name: JobEventName,
    listener: JobListener<JobEventName>,
    event: JobEvents[JobEventName],
  ): void {
    try {
      const answer = listener(event);
      if (answer instanceof Promise) answer.catch((error: unknown) => this.onListenerError(name, error));
    } catch (error) {
      this.onListenerError(name, error);
    }
  }

  private wants(name: JobEventName): boolean {
    return (this.listeners.get(name)?.size ?? 0) > 0;
  }

  private wantsAny(): boolean {
    return this.listeners.size > 0;
  }
}
