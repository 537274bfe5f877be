import { KyuConfigError } from '../core/errors.js';
import type { Dispatcher } from '../core/ports/dispatcher.js';
import type { DispatcherOptions } from './dispatcher-options.js';
import { PollingDispatcher } from './polling-dispatcher.js';

/**
 * The dispatcher that the options ask for; not started. ioredis is loaded only where Redis is used, so that an
 * application without Redis need not install it.
 * @throws KyuConfigError when `redis` cannot be used, or ioredis is not installed.
 */
export async function createDispatcher(options: DispatcherOptions): Promise<Dispatcher> {
  const guarded = { ...options, onWake: containing(options) };
  if (options.redis === false) return new PollingDispatcher(guarded);
  const { createRedisDispatcher } = await import('./create-redis-dispatcher.js').catch(explainMissingPackage);
  return createRedisDispatcher(guarded, options.redis);
}

/** Whoever is woken may throw; the connection that brought the signal must not break by it. */
function containing({ events, onWake }: DispatcherOptions): (queue: string) => void {
  return (queue) => {
    try {
      onWake(queue);
    } catch (error) {
      events.emit('engine.failed', { during: 'wake-up', error });
    }
  };
}

function explainMissingPackage(error: unknown): never {
  const isMissing = error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND';
  if (!isMissing || !error.message.includes("'ioredis'")) throw error;
  const allowed = 'false, or install the package ioredis (npm install ioredis@5)';
  throw new KyuConfigError([{ field: 'redis', value: 'a Redis, but ioredis is not installed', allowed }]);
}
