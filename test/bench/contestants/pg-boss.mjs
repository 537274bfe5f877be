import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { PgBoss } from 'pg-boss';

/**
 * pg-boss with batches of 500 and its shortest polling interval. With `burst` a worker fetches the next batch at once
 * while batches are full, which is its own option for backlogs; without, it waits for the interval after each.
 *
 * @typedef {import('../child/contestant.ts').ContestantSetting} ContestantSetting
 * @typedef {import('../child/contestant.ts').Contestant} Contestant
 */

const QUEUE = 'bench';
const POLL_MS = 5;
const BATCH_SIZE = 500;

/**
 * @param {ContestantSetting} setting
 * @returns {Promise<Contestant>}
 */
export async function open({ postgresUrl, concurrency, options }) {
  const { burst = false, notify = false } = options;
  const boss = new PgBoss({ connectionString: postgresUrl, max: concurrency, useListenNotify: notify });
  boss.on('error', (error) => console.error(`pg-boss: ${error.message}`));
  await boss.start();
  await boss.createQueue(QUEUE, { notify });
  const view = new pg.Client({ connectionString: postgresUrl });
  await view.connect();

  return {
    enqueue: (payload) => boss.send(QUEUE, payload),
    enqueueMany: (payloads) =>
      boss.insert(
        QUEUE,
        payloads.map((data) => ({ data })),
      ),
    async startWorker(handle) {
      const work = { batchSize: BATCH_SIZE, pollingIntervalSeconds: 0.5, burstWhenBatchFull: burst };
      await boss.work(QUEUE, work, (jobs) => Promise.all(jobs.map(async ({ data }) => handle(data))));
    },
    async settled() {
      const anyLeft =
        "select /* kyu-bench */ 1 from pgboss.job where name = $1 and state < 'completed' limit 1";
      while ((await view.query(anyLeft, [QUEUE])).rowCount > 0) await delay(POLL_MS);
    },
    stopWorker: () => boss.offWork(QUEUE),
    async count() {
      const text = `select /* kyu-bench */
          count(*) filter (where state < 'completed')::integer as unfinished,
          count(*) filter (where state = 'completed')::integer as completed
        from pgboss.job where name = $1`;
      const { rows } = await view.query(text, [QUEUE]);
      return { ...rows[0], attempts: null };
    },
    async close() {
      await boss.stop({ graceful: true, timeout: 5_000 });
      await view.end();
    },
  };
}
