import type { StatementTemplate } from '../statement.js';

/**
 * The worker processes that serve any of the queues, and how many jobs each holds.
 * Called by: `KyuAdmin.workers` and health. Changes nothing.
 * Index: kyu_jobs_running, once per worker; the workers themselves are few.
 * $1 queues.
 */
export const readWorkers: StatementTemplate = {
  name: 'read-workers',
  text: ({ jobs, workers }) => `
select worker.id, worker.host, worker.pid, worker.version, worker.queues, worker.concurrency, worker.state,
  worker.started_at, worker.heartbeat_at, worker.lease_expires_at, worker.job_types, worker.drain_requested_at,
  extract(epoch from clock_timestamp() - worker.heartbeat_at) * 1000 as heartbeat_age_ms,
  (
    select count(*) from ${jobs}
    where status = 'running' and queue = any(worker.queues) and locked_by = worker.id
  ) as running
from ${workers} worker
where worker.queues && $1::text[]
order by worker.started_at`,
};
