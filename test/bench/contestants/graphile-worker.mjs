import { setTimeout as delay } from 'node:timers/promises';
import { Logger, makeWorkerUtils, run } from 'graphile-worker';
import pg from 'pg';

/**
 * graphile-worker. The pool is as large as its documentation asks for: jobs at once + 2. Tuned, it has the batching of
 * its performance page: a local queue of 500, and completion in batches without a delay. It deletes finished jobs.
 *
 * @typedef {import('../child/contestant.ts').ContestantSetting} ContestantSetting
 * @typedef {import('../child/contestant.ts').Contestant} Contestant
 */

const JOB = 'send_email';
const POLL_MS = 1;
/** One line for every job would be measured as well. */
const logger = new Logger(() => () => {});

/**
 * @param {ContestantSetting} setting
 * @returns {Promise<Contestant>}
 */
export async function open({ postgresUrl, concurrency, options }) {
  const worker = {
    connectionString: postgresUrl,
    concurrentJobs: concurrency,
    maxPoolSize: concurrency + 2,
    ...(options.tuned ? { localQueue: { size: 500 }, completeJobBatchDelay: 0, failJobBatchDelay: 0 } : {}),
  };
  const preset = { worker };
  const producer = await makeWorkerUtils({ preset, logger });
  await producer.migrate();
  const view = new pg.Client({ connectionString: postgresUrl });
  await view.connect();
  let runner;

  return {
    enqueue: (payload) => producer.addJob(JOB, payload),
    enqueueMany: (payloads) => producer.addJobs(payloads.map((payload) => ({ identifier: JOB, payload }))),
    async startWorker(handle) {
      const taskList = {
        [JOB]: async (payload) => {
          await handle(payload);
        },
      };
      runner = await run({ preset, taskList, logger, noHandleSignals: true });
    },
    async settled() {
      const anyLeft = 'select /* kyu-bench */ 1 from graphile_worker._private_jobs limit 1';
      while ((await view.query(anyLeft)).rowCount > 0) await delay(POLL_MS);
    },
    stopWorker: () => runner.stop(),
    async count() {
      const text =
        'select /* kyu-bench */ count(*)::integer as unfinished from graphile_worker._private_jobs';
      const { rows } = await view.query(text);
      return { unfinished: rows[0].unfinished, completed: null, attempts: null };
    },
    async close() {
      await producer.release();
      await view.end();
    },
  };
}
