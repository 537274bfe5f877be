import type { QueueOptions } from './core/options.js';
import type { KyuModuleOptions } from './kyu.options.js';
import type { KyuRuntime } from './kyu.runtime.js';

/** What `kyu work` says to the process that it started, about every instance of the application in it. */
export interface WorkOrders {
  /** These queues and no others. Default: what the application says. */
  readonly queues?: readonly string[];
  /** Runs at once. Default: what the application says. */
  readonly concurrency?: number;
  /** False: whoever gave the orders starts the workers, when the application is there. */
  readonly autoStart: boolean;
  /** Hears what an instance is about to be made of: when it cannot connect, whoever reports it knows where it wanted to. */
  readonly onOptions: (options: KyuModuleOptions) => void;
  /** Hears of each instance before it does anything. */
  readonly onInstance: (runtime: KyuRuntime) => void;
}

let given: WorkOrders | undefined;

/** For the whole process, before the application is loaded: the module belongs to the application, not to the caller. */
export function giveOrders(orders: WorkOrders): void {
  given = orders;
}

/** The options of a module as the orders change them; as they are where nobody gave any. */
export function underOrders(options: KyuModuleOptions): KyuModuleOptions {
  if (given === undefined) return options;
  const { queues, concurrency, autoStart, onOptions } = given;
  onOptions(options);
  return {
    ...options,
    role: 'worker',
    runOnce: false,
    autoStart,
    ...(queues === undefined ? {} : { queues: only(queues, options.queues ?? {}) }),
    ...(concurrency === undefined ? {} : { workers: concurrency }),
  };
}

/** Whoever gave the orders may listen. */
export function tellOfInstance(runtime: KyuRuntime): void {
  given?.onInstance(runtime);
}

function only(
  names: readonly string[],
  settings: Readonly<Record<string, number | QueueOptions>>,
): Record<string, number | QueueOptions> {
  return Object.fromEntries(names.map((name) => [name, settings[name] ?? 1]));
}
