import type { JobContext } from '../job-context.js';
import type { RetryPolicy } from '../settlement.js';

export type { JobDefaults } from '../job-defaults.js';

/** What the worker knows of a handler: how to call it, and by which rules its runs are settled. */
export interface Handler {
  /** The job type, or the pattern of a handler of many (`report:sales:*`). */
  readonly type: string;
  readonly queue: string;
  /** Runs of this type at once in this process; `Infinity` = bounded by the pool alone. */
  readonly concurrency: number;
  /** Limit for jobs that have none of their own; 0 = none. */
  readonly timeoutMs: number;
  readonly retryPolicy: RetryPolicy;
  /** For its jobs in queues that have defaults of their own. */
  readonly retryPolicyIn?: ReadonlyMap<string, RetryPolicy>;
  /** Where it is written, for people: `Mailer.send`. */
  readonly source: string;
  /** Interceptors, pipes and the method. May throw, reject or never settle: the runner sees to it. */
  readonly invoke: (payload: unknown, context: JobContext) => unknown;
}

/** The handlers of this process; fixed once the application has started. */
export interface HandlerTable {
  /** The handler of exactly this type, else the one with the longest prefix of it. */
  find(type: string): Handler | undefined;
  /** As they were written: one for each type and one for each pattern. */
  all(): readonly Handler[];
}
