import { resolveHandlerSettings } from './handler-settings.js';
import type { JobDefaults } from './job-defaults.js';
import type { HandlerOptions, ResolvedHandlerSettings, ResolvedOptions } from './options.js';

/**
 * What a job of a type gets when it is enqueued without settings of its own: in the queue of its type, and in each
 * queue that has defaults.
 * @throws KyuConfigError that names the handler
 */
export function jobDefaultsOf(
  options: ResolvedOptions,
  type: string,
  decorator: HandlerOptions,
): JobDefaults {
  const { queue, maxRetries, timeoutMs } = resolveHandlerSettings(options, type, decorator);
  const elsewhere = settingsByQueue(options, type, decorator);
  return { queue, maxRetries, timeoutMs, ...(elsewhere.size === 0 ? {} : { elsewhere }) };
}

/** The settings that a job of the type has in each of the queues that have defaults. */
export function settingsByQueue(
  options: ResolvedOptions,
  type: string,
  decorator: HandlerOptions,
): ReadonlyMap<string, ResolvedHandlerSettings> {
  const queues = [...options.queueDefaults.keys()];
  return new Map(queues.map((queue) => [queue, resolveHandlerSettings(options, type, decorator, [], queue)]));
}
