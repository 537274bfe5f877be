import { KyuConfigError } from '../core/errors.js';
import { isName, NAME_RULE } from '../core/names.js';

/** The beginning of every key of an instance that sets nothing else. */
export const DEFAULT_PREFIX = 'kyu';

/**
 * Every name that Kyu uses in Redis. The braces make all keys of a queue live in one slot of a Redis Cluster, so
 * that a script may use them together. Instances with ledgers of their own need prefixes of their own.
 */
export class DispatchKeys {
  /** @throws KyuConfigError when the prefix is no name. */
  constructor(private readonly prefix: string = DEFAULT_PREFIX) {
    if (isName(prefix)) return;
    throw new KyuConfigError([{ field: 'prefix', value: JSON.stringify(prefix), allowed: NAME_RULE }]);
  }

  /** The ready set of one job type: score = −priority, member = job id. */
  ready(queue: string, type: string): string {
    return `${this.base(queue)}:ready:${type}`;
  }

  /** The generation of what Redis knows of the queue; gone or changed = Redis forgot. */
  epoch(queue: string): string {
    return `${this.base(queue)}:epoch`;
  }

  /** The set of job types of which the ledger holds more than the ready set shows. */
  more(queue: string): string {
    return `${this.base(queue)}:more`;
  }

  /** The pub/sub channel of wake-ups. */
  wakeUp(queue: string): string {
    return `${this.base(queue)}:wake`;
  }

  /** The keys of a script in the order that all scripts expect. */
  forScript(queue: string, types: Iterable<string>): string[] {
    const keys = [this.epoch(queue), this.more(queue)];
    for (const type of types) keys.push(this.ready(queue, type));
    return keys;
  }

  private base(queue: string): string {
    return `${this.prefix}:{${queue}}`;
  }
}
