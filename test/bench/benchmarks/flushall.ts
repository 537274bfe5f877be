import { setTimeout as delay } from 'node:timers/promises';
import { JOB_TYPE, nowMs } from '../child/payload.js';
import { KYU_QUEUE } from '../contestants/queue-name.js';
import { OPTION_DEFAULTS } from '../../../lib/core/option-defaults.js';
import { DispatchKeys } from '../../../lib/dispatch/keys.js';
import { counted, together } from '../harness/accounts.js';
import { settingOf, withContestant, type BenchContext } from '../harness/bench-context.js';
import type { Benchmark, Sample } from '../harness/benchmark.js';
import { CONCURRENCY, contestantNamed } from '../harness/catalogue.js';
import { countBacklog, makeBacklog, type Backlog } from '../stores/backlog.js';
import { onRedis } from '../stores/bench-stores.js';

const GIVE_UP_AFTER_MS = 60_000;
/** Takes of the worker keep the window from being full to the last hint. */
const NEARLY_ALL = 0.9;
/** Jobs that no hint stands for: in flight, turned over, and claimed ahead of both. Only a short backlog shows it. */
const TAKEN = 4 * CONCURRENCY;

/** Redis forgets everything in the middle of the work. */
export function flushallBenchmark(context: BenchContext): Benchmark {
  const { scale } = context;
  let backlog: Backlog | undefined;
  return {
    name: 'flushall',
    title: 'FLUSHALL while jobs wait: until Redis holds a whole window again',
    unit: 'ms',
    better: 'lower',
    sizes: { backlog: scale.backlog },
    prepare: async () => {
      backlog = await makeBacklog(context, 'rebuild', scale.backlog);
    },
    entrants: [
      {
        name: 'kyu',
        settings: `${scale.backlog.toLocaleString('en')} jobs wait, ${CONCURRENCY} are in flight`,
        sample: () => {
          if (backlog === undefined) throw new Error('the backlog was not prepared');
          return sampleFlush(context, backlog);
        },
      },
    ],
  };
}

async function sampleFlush(context: BenchContext, { place }: Backlog): Promise<Sample> {
  const before = await countBacklog(place);
  const full = Math.floor(Math.min(OPTION_DEFAULTS.dispatchWindow, before.pending - TAKEN) * NEARLY_ALL);
  return withContestant(context, settingOf(contestantNamed('kyu'), place), async (child) => {
    await child.hold(CONCURRENCY);
    const flushedAt = nowMs();
    await onRedis(place.redisUrl, (redis) => redis.flushall());
    const [rebuiltAt, { firstAt }] = await Promise.all([
      whenWindowHolds(place.redisUrl, full),
      child.turnOver(CONCURRENCY),
    ]);
    await child.letGo();
    const { tally } = await child.account();
    const after = await countBacklog(place);
    return {
      value: rebuiltAt - flushedAt,
      details: { 'next start ms': firstAt - flushedAt, 'hints in Redis': full },
      account: together(
        counted('completed jobs', after.completed - before.completed, tally.handled),
        counted('jobs that ran again', tally.repeats, 0),
        counted('jobs in the ledger', after.pending + after.completed, before.pending + before.completed),
      ),
    };
  });
}

/** When the ready set has so many members, by `nowMs`. */
async function whenWindowHolds(redisUrl: string, hints: number): Promise<number> {
  const key = new DispatchKeys().ready(KYU_QUEUE, JOB_TYPE);
  const deadline = nowMs() + GIVE_UP_AFTER_MS;
  return onRedis(redisUrl, async (redis) => {
    for (;;) {
      const held = await redis.zcard(key);
      if (held >= hints) return nowMs();
      if (nowMs() > deadline) throw new Error(`Redis holds ${held} hints and should hold ${hints}`);
      await delay(1);
    }
  });
}
