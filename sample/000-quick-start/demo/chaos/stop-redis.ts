import type { PrivateRedis } from '../../../../test/support/stores/start-redis.js';
import { endedOf } from '../ledger-figures.js';
import { countOf, seconds } from '../readable.js';
import { pause, waitUntil } from '../wait-until.js';
import type { ChaosStage, Fault } from './fault.js';

const OUTAGE_MS = 10_000;
const PATIENCE_MS = 15_000;

/** No Redis for ten seconds: PostgreSQL hands out the jobs, and the way back needs no restart. */
export async function stopRedis(stage: ChaosStage, redis: PrivateRedis): Promise<Fault> {
  const { client, ledger, say, signal } = stage;
  const endedBefore = endedOf(await ledger.counts());
  await redis.stop();
  say(`Redis is stopped for ${seconds(OUTAGE_MS)}`);
  await pause(OUTAGE_MS, signal);
  const ended = endedOf(await ledger.counts()) - endedBefore;
  await redis.start();
  say(`Redis is started again; ${countOf(ended, 'job')} ended without it`);

  const startedAtMs = performance.now();
  const isUsed = async () => (await client.dispatchMode()) === 'redis';
  const used = await waitUntil(isUsed, { withinMs: PATIENCE_MS, everyMs: 100, signal });
  const took = seconds(performance.now() - startedAtMs);
  say(used ? `The API uses Redis again after ${took}` : `The API does not use Redis after ${took}`);
  return {
    name: `Redis away for ${seconds(OUTAGE_MS)}`,
    hit: `${countOf(ended, 'job')} ended meanwhile`,
    didHit: ended > 0,
  };
}
