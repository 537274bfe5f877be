/** One job that a producer process is told to enqueue. */
export interface JobOrder {
  readonly type: JobType;
  readonly ms?: number;
  readonly maxRetries?: number;
  readonly priority?: number;
}

/**
 * The job types of the worker process. `nap` sleeps; `hold` and `stubborn` do so in their first run only, and a
 * `stubborn` one does not listen to its signal.
 */
export type JobType = 'noop' | 'nap' | 'fail_once' | 'fail_always' | 'hold' | 'stubborn' | 'block' | 'poison';

/** A stream of jobs: chosen by chance, at an even rate. */
export interface Load {
  readonly seed: number;
  readonly perSecond: number;
  /** Ends by itself after so many; absent = until it is told to stop. */
  readonly count?: number;
  /** The longest nap in ms; naps are uniform between 0 and this. */
  readonly longestNapMs: number;
  /** Share of the jobs that fail, half of them in every attempt. Default 0. */
  readonly failing?: number;
}

/** Jobs that are enqueued in one transaction of the application. */
export interface TransactionOrder {
  readonly orders: readonly JobOrder[];
  /** So long it stays open after they were written. */
  readonly openMs: number;
}

/** From the test to a producer. */
export type ProducerCommand =
  | { readonly kind: 'enqueue'; readonly ticket: number; readonly orders: readonly JobOrder[] }
  | ({ readonly kind: 'transact'; readonly ticket: number } & TransactionOrder)
  | { readonly kind: 'load'; readonly load: Load }
  | { readonly kind: 'stop' };

/** From a producer to the test. */
export type ProducerReply =
  | { readonly kind: 'enqueued'; readonly ticket: number; readonly jobs: readonly string[] }
  | { readonly kind: 'not-enqueued'; readonly ticket: number; readonly error: string }
  | { readonly kind: 'load-ended' };
