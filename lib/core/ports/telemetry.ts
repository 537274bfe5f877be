import type { CarriedContext } from '../carried-context.js';
import type { Claim } from '../claim.js';
import type { EventBus } from '../event-bus.js';
import type { JobId } from '../job.js';
import type { Settlement } from '../settlement.js';

/** A call of the producer. */
export interface EnqueueCall {
  readonly name: 'enqueue' | 'enqueue_many';
  /** How many jobs the caller gave. */
  readonly count: number;
}

/** A job that is about to be written. */
export interface DraftedJob {
  readonly id: JobId;
  readonly type: string;
  readonly queue: string;
}

/** What is known of a run while it lasts. */
export interface RunTelemetry {
  /** Calls the handler with the run as the active one. */
  call(work: () => unknown): unknown;
  /** The run has ended for Kyu, with or without its handler. */
  end(settlement: Settlement): void;
}

/** Tells a tracing system what Kyu does. Nothing is called, and nothing is built, where there is none. */
export interface KyuTelemetry {
  /** Once for each instance, at its start. Returns what ends it. */
  listenTo(events: EventBus): () => void;
  /** Around a call of the producer; jobs are drafted inside `work`. */
  enqueue<Answer>(call: EnqueueCall, work: () => Promise<Answer>): Promise<Answer>;
  /** What leads the run of this job back to the call that enqueues it. Called inside `enqueue`. */
  carry(job: DraftedJob): CarriedContext | undefined;
  startRun(claim: Claim, context: CarriedContext): RunTelemetry;
  /** Around a verb of the admin; ends with its promise. */
  operate(verb: string, jobId: JobId | undefined, work: () => unknown): unknown;
}

/** Every method that Kyu calls; the compiler sees to it that none is missing. */
export const TELEMETRY_METHODS: Readonly<Record<keyof KyuTelemetry, true>> = {
  listenTo: true,
  enqueue: true,
  carry: true,
  startRun: true,
  operate: true,
};
