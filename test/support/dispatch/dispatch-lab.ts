import { Redis } from 'ioredis';
import { expect } from 'vitest';
import type { DispatchMode } from '../../../lib/core/events.js';
import type { DispatcherOptions } from '../../../lib/dispatch/dispatcher-options.js';
import { eventually } from '../eventually.js';
import { startRedis, type PrivateRedis } from '../stores/start-redis.js';
import { openDispatcher, type OpenDispatcher } from './open-dispatcher.js';
import { restoreAll } from './restore-all.js';

/** A Redis of the test's own, which it may hurt as it likes, and the dispatchers that use it. */
export class DispatchLab {
  private readonly opened: OpenDispatcher[] = [];

  private constructor(readonly server: PrivateRedis) {}

  static async start(serverArguments: string[] = []): Promise<DispatchLab> {
    return new DispatchLab(await startRedis({ arguments: serverArguments }));
  }

  /** A dispatcher whose queue `shop` needs no restoring any more. */
  async open(settings: Partial<DispatcherOptions> = {}): Promise<OpenDispatcher> {
    const subject = await openDispatcher({ redis: this.server.url, ...settings });
    this.opened.push(subject);
    if (subject.dispatcher.mode === 'redis') await restoreAll(subject.dispatcher, ['shop']);
    return subject;
  }

  /** Runs commands over a connection of the test's own. */
  async admin<Answer>(use: (redis: Redis) => Promise<Answer>): Promise<Answer> {
    const redis = new Redis(this.server.url);
    try {
      return await use(redis);
    } finally {
      redis.disconnect();
    }
  }

  async end(): Promise<void> {
    this.server.resume();
    await Promise.all(this.opened.map(({ dispatcher }) => dispatcher.stop()));
    await this.server.remove();
  }
}

export async function untilMode(
  { dispatcher }: OpenDispatcher,
  mode: DispatchMode,
  withinMs: number,
): Promise<void> {
  await eventually(() => expect(dispatcher.mode).toBe(mode), { withinMs });
}

export async function tookMs(work: Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await work;
  return performance.now() - startedMs;
}
