import type { EventBus } from '../core/event-bus.js';
import type { Clock } from '../core/ports/clock.js';
import type { WakeUp } from '../core/ports/wake-up.js';
import type { RedisSource } from './redis-source.js';

/** What a process says about its dispatcher. */
export interface DispatcherOptions {
  /** Where Redis is; `false` = there is none, PostgreSQL dispatches. */
  readonly redis: RedisSource | false;
  /** The beginning of every key. Instances with ledgers of their own need prefixes of their own. Default `kyu`. */
  readonly prefix?: string;
  /** How many hints Redis holds per queue and job type at most. */
  readonly windowSize: number;
  /** The queues that this process serves; none for one that only enqueues. */
  readonly queues: readonly string[];
  readonly clock: Clock;
  readonly events: EventBus;
  /** The ledger's own signal: what wakes workers without Redis. Started and stopped by the dispatcher. */
  readonly ledgerWakeUp: WakeUp;
  /** Is told that something may be there to take, by whichever signal. May be told too often. */
  readonly onWake: (queue: string) => void;
}
