import { setTimeout as delay } from 'node:timers/promises';
import { createPostgresBackend, Queue, runMigrations, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import pg from 'pg';

/**
 * BullMQ, on Redis or on its own PostgreSQL backend. As its documentation says: one connection for the queue and one
 * for the worker, `maxRetriesPerRequest: null`, the concurrency on the worker. Finished jobs are kept, as it does by
 * default; `removeOnComplete` lets them go, which its page for production recommends.
 *
 * @typedef {import('../child/contestant.ts').ContestantSetting} ContestantSetting
 * @typedef {import('../child/contestant.ts').Contestant} Contestant
 */

const QUEUE = 'bench';
const JOB = 'send_email';
const POLL_MS = 1;

/**
 * @param {ContestantSetting} setting
 * @returns {Promise<Contestant>}
 */
export async function open(setting) {
  const { backend, removeOnComplete = false } = setting.options;
  const stores = backend === 'postgres' ? await openPostgres(setting) : await openRedis(setting);
  const queue = new Queue(
    QUEUE,
    { connection: stores.queue, defaultJobOptions: { removeOnComplete } },
    ...stores.factory,
  );
  await queue.waitUntilReady();
  let worker;

  const unfinished = async () => {
    const counts = await queue.getJobCounts('wait', 'active', 'paused', 'prioritized', 'delayed', 'failed');
    return Object.values(counts).reduce((sum, count) => sum + count, 0);
  };

  return {
    enqueue: (payload) => queue.add(JOB, payload),
    enqueueMany: (payloads) => queue.addBulk(payloads.map((data) => ({ name: JOB, data }))),
    async startWorker(handle) {
      const options = { connection: stores.worker, concurrency: setting.concurrency };
      worker = new Worker(
        QUEUE,
        async (job) => {
          await handle(job.data);
        },
        options,
        ...stores.factory,
      );
      worker.on('error', (error) => console.error(`bullmq: ${error.message}`));
      await worker.waitUntilReady();
    },
    async settled() {
      while ((await unfinished()) > 0) await delay(POLL_MS);
    },
    stopWorker: () => worker.close(),
    async count() {
      const completed = removeOnComplete ? null : await queue.getCompletedCount();
      return { unfinished: await unfinished(), completed, attempts: null };
    },
    async close() {
      await worker?.close();
      await queue.close();
      await stores.close();
    },
  };
}

async function openRedis({ redisUrl }) {
  const queue = new Redis(redisUrl, { maxRetriesPerRequest: null });
  const worker = new Redis(redisUrl, { maxRetriesPerRequest: null });
  const close = () => Promise.all([queue.quit(), worker.quit()]);
  return { queue, worker, factory: [], close };
}

/** One connection more than jobs at once, so that none waits for another. */
async function openPostgres({ postgresUrl, concurrency }) {
  const migrator = new pg.Client({ connectionString: postgresUrl });
  await migrator.connect();
  await runMigrations(migrator);
  await migrator.end();
  const connection = { connectionString: postgresUrl, max: concurrency + 1 };
  return { queue: connection, worker: connection, factory: [createPostgresBackend], close: async () => {} };
}
