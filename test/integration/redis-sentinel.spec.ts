import { JobHandler, KyuProducer, type JobContext } from 'nestjs-kyu';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.js';
import { startApp } from '../support/kyu-app.js';
import { SentinelLab } from '../support/stores/start-sentinels.js';
import { TestLedger } from '../support/test-ledger.js';

/** After the death of the master, jobs come through Redis again within this time: that of the sentinels included. */
const BACK_WITHIN_MS = 12_000;
/** No job starts later than this, whatever Redis does. */
const LONGEST_START_MS = 4_000;
const PACE_MS = 20;

let ledger: TestLedger;
let lab: SentinelLab;
const runs = new Map<string, number>();

class Counter {
  @JobHandler('counted')
  count(_payload: unknown, { id }: JobContext): void {
    runs.set(id, (runs.get(id) ?? 0) + 1);
  }
}

beforeAll(async () => {
  [ledger, lab] = await Promise.all([TestLedger.open('sentinel'), SentinelLab.start()]);
});

afterAll(async () => {
  await lab.end();
  await ledger.close();
});

describe('three sentinels, a master and its replica', { timeout: 40_000 }, () => {
  it('F62 a failover under load loses no job, runs none twice, and Redis dispatches again', async () => {
    // The worker would start its own jobs itself, and hardly ask Redis.
    const options = ledger.options({ redis: lab.options, localClaim: false });
    const app = await startApp({ providers: [Counter], kyu: options });
    const kyu = app.get(KyuProducer);
    const before = await lab.masterPort();
    const stream = startStream(kyu);
    await eventually(() => expect(runs.size).toBeGreaterThan(20));
    expect(switches(options.logger.lines)).toEqual([]);

    await lab.master.kill();
    const killedMs = performance.now();
    await eventually(() => expect(switches(options.logger.lines)).toEqual(['postgres', 'redis']), {
      withinMs: BACK_WITHIN_MS,
    });
    const tookMs = performance.now() - killedMs;
    expect(await lab.masterPort()).not.toBe(before);

    const ids = await stream.end();
    expect(ids.length).toBeGreaterThan(50);
    await eventually(() => expect(ids.filter((id) => !runs.has(id))).toEqual([]));
    expect(ids.filter((id) => runs.get(id) !== 1)).toEqual([]);
    const waits = await ledger.sql<{ longest: number }>(
      `select max(extract(epoch from run.started_at - job.created_at) * 1000)::float8 as longest
       from kyu_attempts run join kyu_jobs job on job.id = run.job_id where job.queue = $1`,
      [options.queueName],
    );
    expect(waits[0]?.longest).toBeLessThan(LONGEST_START_MS);
    expect(tookMs).toBeLessThan(BACK_WITHIN_MS);
  });
});

function switches(lines: readonly { details?: Record<string, unknown> | undefined }[]): unknown[] {
  return lines.flatMap(({ details }) => (details !== undefined && 'to' in details ? [details['to']] : []));
}

/** Enqueues job after job until it is told to end; answers their ids. */
function startStream(kyu: KyuProducer): { end: () => Promise<string[]> } {
  const ids: string[] = [];
  const over = new AbortController();
  const flow = (async () => {
    while (!over.signal.aborted) {
      ids.push((await kyu.enqueue('counted', ids.length)).id);
      await new Promise((resolve) => setTimeout(resolve, PACE_MS)); // the rhythm of the stream
    }
  })();
  return {
    end: async () => {
      over.abort();
      await flow;
      return ids;
    },
  };
}
