import type { JobContext } from '../job-context.js';
import type { RetryPolicy } from '../settlement.js';

export type { JobDefaults } from '../job-defaults.js';

/** What the worker knows of a handler: how to call it, and by which rules its runs are settled. */
export interface Handler {
  readonly type: string;
  readonly queue: string;
  /** Runs of this type at once in this process; `Infinity` = bounded by the pool alone. */
  readonly concurrency: number;
  /** Limit for jobs that have none of their own; 0 = none. */
  readonly timeoutMs: number;
  readonly retryPolicy: RetryPolicy;
  /** Where it is written, for people: `Mailer.send`. */
  readonly source: string;
  /** Interceptors, pipes and the method. May throw, reject or never settle: the runner sees to it. */
  readonly invoke: (payload: unknown, context: JobContext) => unknown;
}

/** The handlers of this process; fixed once the application has started. */
export interface HandlerTable {
  find(type: string): Handler | undefined;
  all(): readonly Handler[];
}
