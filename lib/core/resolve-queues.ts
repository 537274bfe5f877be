import type { ConfigProblem } from './errors.js';
import type { GivenSettings } from './given-settings.js';
import { JOB_DEFAULT_KEYS, readJobDefaults } from './handler-settings.js';
import { isName, NAME_RULE } from './names.js';
import { OPTION_DEFAULTS } from './option-defaults.js';
import type { KyuOptions, QueueOptions, ResolvedOptions } from './options.js';
import { QUEUE_WEIGHT, WORKERS } from './option-rules.js';
import { OptionScope, type KeysOf } from './option-scope.js';

type ResolvedQueues = Pick<ResolvedOptions, 'queues' | 'queueLimits' | 'queueDefaults' | 'queueOrder'>;

const QUEUE_KEYS: KeysOf<QueueOptions> = { weight: true, concurrency: true, defaults: true };

/** Reads the keys `queues` and `queueOrder`. */
export function readQueues(scope: OptionScope<KyuOptions>, problems: ConfigProblem[]): ResolvedQueues {
  const queues = new Map<string, number>();
  const queueLimits = new Map<string, number>();
  const queueDefaults = new Map<string, GivenSettings>();
  const weights = new OptionScope<Record<string, unknown>>(problems, 'queues', scope.value('queues'), []);
  for (const { name, path, value } of scope.entries('queues')) {
    if (!isName(name))
      problems.push({ field: path, value: 'a name that no queue can have', allowed: NAME_RULE });
    if (typeof value === 'object' && value !== null) {
      const queue = new OptionScope<QueueOptions>(problems, path, value, Object.keys(QUEUE_KEYS));
      queues.set(name, queue.wholeNumber('weight', QUEUE_WEIGHT) ?? 1);
      const limit = queue.wholeNumber('concurrency', WORKERS);
      if (limit !== undefined) queueLimits.set(name, limit);
      if (queue.value('defaults') !== undefined) {
        queueDefaults.set(name, readJobDefaults(problems, queue.section('defaults', JOB_DEFAULT_KEYS)));
      }
    } else {
      queues.set(name, weights.wholeNumber(name, QUEUE_WEIGHT) ?? 1);
    }
  }
  return {
    queues,
    queueLimits,
    queueDefaults,
    queueOrder: scope.choice('queueOrder', ['weighted', 'strict']) ?? OPTION_DEFAULTS.queueOrder,
  };
}
