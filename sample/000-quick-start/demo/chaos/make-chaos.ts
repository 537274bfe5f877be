import type { Stores } from '../stores.js';
import type { ChaosStage, Fault } from './fault.js';
import { flushRedis } from './flush-redis.js';
import { killAWorker } from './kill-a-worker.js';
import { stopRedis } from './stop-redis.js';

/** With both workers and ten payments at once in each, the work lasts about so long, and the faults fit in. */
const WORK_MS = 24_000;
const PAYMENTS_AT_ONCE = 20;
/** Well below the time limit of a payment. */
const LONGEST_ANSWER_MS = 4_000;

/** How slow the payment gateway must be, so that there is work under way whenever a fault strikes. */
export function answerTimeForChaos(orders: number): number {
  return Math.min(LONGEST_ANSWER_MS, Math.round((WORK_MS * PAYMENTS_AT_ONCE) / orders));
}

/** Hurts the system while it works, one fault after the other. Only servers that are ours are hurt. */
export async function makeChaos(stage: ChaosStage, stores: Stores): Promise<Fault[]> {
  const { fault, successor } = await killAWorker(stage);
  // The next fault does not wait until the damage of the first is repaired.
  const [redisFaults] = await Promise.all([hurtRedis(stage, stores), successor]);
  return [fault, ...redisFaults];
}

async function hurtRedis(stage: ChaosStage, { ownRedis, redisUrl }: Stores): Promise<Fault[]> {
  if (ownRedis === undefined) {
    stage.say(
      `Redis is left alone: ${redisUrl === undefined ? 'there is none' : 'this demo did not start it'}`,
    );
    return [];
  }
  return [await flushRedis(stage, ownRedis), await stopRedis(stage, ownRedis)];
}
