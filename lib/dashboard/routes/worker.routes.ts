import type { WorkerRow } from '../contract.js';
import type { WorkerReading } from '../../core/ports/ledger-readings.js';
import { FLAG, listOf, named, record, TEXT } from '../schemas/schema.js';
import { operatorOf, param, type Call } from './call.js';
import { isoOf, jobRow } from '../job-answers.js';
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
  {
    name: 'drainWorker',
    method: 'POST',
    path: 'workers/:id/drain',
    permission: 'workers',
    tag: 'Workers',
    summary: 'Lets a worker process take nothing more; what runs has its grace period.',
    body: record(
      {},
      {
        exit: { ...FLAG, description: 'The process ends afterwards.' },
        reason: { ...TEXT, maxLength: 4_096 },
      },
    ),
    bodyIsOptional: true,
    answers: 'json',
    status: 202,
    schema: named('Drain'),
    handle: drainWorker,
  },
];

async function drainWorker(call: Call): Promise<unknown> {
  const exit = call.body['exit'] === true;
  const { workerId, state } = await call.services.kyu.admin.drainWorker(param(call, 'id'), {
    ...operatorOf(call),
    exit,
  });
  return { id: workerId, state };
}

async function listWorkers({ services }: Call): Promise<unknown> {
  const { admin, clock } = services.kyu;
  const [workers, running] = await Promise.all([
    admin.workers(),
    admin.summaries({ status: 'running', limit: MOST_RUNNING }),
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
    drainRequestedAt: isoOf(worker.drainRequestedAt),
  };
}
