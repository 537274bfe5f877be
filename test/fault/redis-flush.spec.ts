import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EventLog } from '../support/fault/event-log.js';
import { monotonicMs } from '../support/fault/events.js';
import { paced } from '../support/fair-trial.js';
import { recordSeconds } from '../support/fault/figures.js';
import { Laboratory } from '../support/fault/laboratory.js';
import type { JobOrder } from '../support/fault/process-messages.js';
import { describeSpread, spreadOf } from '../support/fault/recovery.js';
import { waitUntil } from '../support/fault/wait-until.js';
import { waitsOf } from '../support/fault/waits.js';

const FLUSHES = 3;
const LONGEST_EXTRA_WAIT_MS = 3_000;
/** Enough to keep two workers of five busy for two seconds. */
const BURST: JobOrder[] = Array.from({ length: 200 }, () => ({ type: 'nap', ms: 100 }));
/** So many ids must be lost with a flush, or it would prove nothing. */
const FEWEST_LOST_HINTS = 50;

describe('Redis that is flushed under load', () => {
  let laboratory: Laboratory;

  beforeAll(async () => {
    laboratory = await Laboratory.open();
  });

  afterAll(() => laboratory.close());

  it('F67 F116 costs no job and little time', async () => {
    await using round = await laboratory.round();
    const { redisView: redis } = laboratory;
    const { events, fleet } = round;
    const [producer] = await Promise.all([fleet.startProducer(), fleet.startWorkers(2)]);
    producer.startLoad({ seed: laboratory.seed, perSecond: 20, longestNapMs: 20, failing: 0.1 });

    /** Answers how long the last of the jobs waited that were enqueued from the burst to its end. */
    const longestWaitOfBurst = async (strike: () => Promise<void>): Promise<number> => {
      const from = monotonicMs();
      const jobs = await producer.enqueue(BURST);
      await strike();
      await events.first('the start of every job of the burst', (log) => haveStarted(log, jobs));
      return spreadOf(waitsOf(events, { from, to: monotonicMs() }).filter(Number.isFinite)).max;
    };

    const undisturbed = await longestWaitOfBurst(async () => {});
    const extraWaits: number[] = [];
    let lost = 0;
    for (let count = 0; count < FLUSHES; count += 1) {
      const wait = await longestWaitOfBurst(async () => {
        const many = async () => {
          const count = await redis.countHints();
          return count >= FEWEST_LOST_HINTS ? count : undefined;
        };
        lost += await waitUntil('ids in Redis that can be lost', many, { everyMs: 20 });
        await redis.flush();
      });
      extraWaits.push(Math.max(0, wait - undisturbed));
    }
    await producer.stopLoad();
    await round.drained();

    const { counts, findings } = await round.judge();
    console.log(
      `Redis flushed ${FLUSHES} times, ${lost} ids lost: longest wait of a burst ${Math.round(undisturbed)} ms ` +
        `undisturbed, extra wait ${describeSpread(spreadOf(extraWaits))}; ${JSON.stringify(counts)}.`,
    );
    recordSeconds('flush_extra_wait_s', Math.max(...extraWaits));
    expect(findings).toEqual([]);
    expect(fleet.desertions).toEqual([]);
    expect(events.of('refused')).toEqual([]);
    expect(counts.completed + counts.dead).toBe(counts.enqueued);
    expect(Math.max(...extraWaits)).toBeLessThanOrEqual(paced(LONGEST_EXTRA_WAIT_MS));
  });
});

function haveStarted(log: EventLog, jobs: readonly string[]): true | undefined {
  const started = new Set(log.of('start').map(({ job }) => job));
  return jobs.every((job) => started.has(job)) || undefined;
}
