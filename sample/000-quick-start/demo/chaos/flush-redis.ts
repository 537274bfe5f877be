import type { PrivateRedis } from '../../../../test/support/stores/start-redis.js';
import { countOf, seconds } from '../readable.js';
import { waitUntil } from '../wait-until.js';
import type { ChaosStage, Fault } from './fault.js';
import { RedisHints } from './redis-hints.js';

/** So many jobs should wait in Redis for each order: enough to see, few enough for a short file. */
const WORTH_FORGETTING = 0.1;
const PATIENCE_MS = 10_000;

/** FLUSHALL while jobs wait: Redis forgets all of them, and Kyu finds them again in the ledger. */
export async function flushRedis(stage: ChaosStage, redis: PrivateRedis): Promise<Fault> {
  const hints = await RedisHints.connect(redis.url);
  try {
    return await flush(stage, hints);
  } finally {
    hints.close();
  }
}

async function flush({ ledger, orders, say, signal }: ChaosStage, hints: RedisHints): Promise<Fault> {
  const isFull = async () => (await hints.count()) >= Math.max(1, orders * WORTH_FORGETTING);
  await waitUntil(isFull, { withinMs: PATIENCE_MS, everyMs: 10, signal });
  const forgotten = await hints.count();
  await hints.flushEverything();
  const flushedAtMs = performance.now();
  say(`FLUSHALL: Redis has forgotten ${countOf(forgotten, 'waiting job')}`);

  // Half of them will do: the work goes on while we count.
  const isRebuilt = async () => 2 * (await hints.count()) >= (await ledger.counts()).waiting;
  const rebuilt = await waitUntil(isRebuilt, { withinMs: PATIENCE_MS, everyMs: 20, signal });
  const took = seconds(performance.now() - flushedAtMs);
  say(rebuilt ? `Redis was rebuilt from the ledger within ${took}` : `Redis is still empty after ${took}`);
  return {
    name: 'FLUSHALL',
    hit: `${countOf(forgotten, 'waiting job')} forgotten by Redis`,
    didHit: forgotten > 0,
  };
}
