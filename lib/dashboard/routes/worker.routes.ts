import type { WorkerRow } from '../contract.js';
import type { WorkerReading } from '../../core/ports/ledger.js';
import { listOf, named } from '../schemas/schema.js';
import type { Call } from './call.js';
import { jobRow } from '../job-answers.js';
import type { Route } from './route.js';

/** More running jobs than this are found by `status:running`. */
const MOST_RUNNING = 500;

/** Looks at worker processes. */
export const WORKER_ROUTES: readonly Route[] = [
  {
    name: 'listWorkers',
    method: 'GET',
    path: 'workers',
    permission: 'read',
    tag: 'Workers',
    summary: 'The worker processes of these queues, and what they run.',
    answers: 'json',
    schema: listOf(named('WorkerRow')),
    handle: listWorkers,
  },
];

async function listWorkers({ services }: Call): Promise<unknown> {
  const { admin, clock } = services.kyu;
  const [workers, running] = await Promise.all([
    admin.workers(),
    admin.list({ status: 'running', limit: MOST_RUNNING }),
  ]);
  return workers.map((worker) => {
    const jobs = running.jobs.filter(({ lockedBy }) => lockedBy === worker.workerId);
    return workerRow(worker, jobs.map(jobRow), clock.nowMs());
  });
}

function workerRow(worker: WorkerReading, jobs: WorkerRow['jobs'], nowMs: number): WorkerRow {
  return {
    id: worker.workerId,
    host: worker.host,
    pid: worker.pid,
    version: worker.version,
    state: worker.state,
    queues: worker.queues,
    types: worker.types,
    concurrency: worker.concurrency,
    running: worker.running,
    jobs,
    startedAt: worker.startedAt.toISOString(),
    heartbeatAgeMs: Math.max(0, nowMs - worker.heartbeatAt.getTime()),
    drainRequestedAt: null,
  };
}
