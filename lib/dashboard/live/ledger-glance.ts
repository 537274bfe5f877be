import type { KyuFrontDoor } from '../../kyu.front-door.js';
import { fullCounts } from '../job-answers.js';
import type { LedgerGlance } from './live-events.js';

/** Cheap enough for every second: what metrics and health read anyway, and one row of the trail. */
export async function glanceAt({ admin, schedules }: KyuFrontDoor): Promise<LedgerGlance> {
  const [queues, workers, planned, trail] = await Promise.all([
    admin.queues(),
    admin.workers(),
    schedules.list(),
    admin.audit({ limit: 1 }),
  ]);
  const sum = (status: 'pending' | 'scheduled' | 'running' | 'failed' | 'dead') =>
    queues.reduce((total, queue) => total + queue[status], 0);
  const counts = fullCounts({
    pending: sum('pending'),
    scheduled: sum('scheduled'),
    running: sum('running'),
    failed: sum('failed'),
    dead: sum('dead'),
  });
  const pauses = queues.map(({ queue, paused, pausedTypes, liveWorkers }) => [
    queue,
    paused,
    pausedTypes,
    liveWorkers,
  ]);
  return {
    counts,
    marks: {
      jobs: JSON.stringify(queues.map(({ oldestPendingMs: _, ...queue }) => queue)),
      queues: JSON.stringify(pauses),
      workers: JSON.stringify(workers.map(({ workerId, state, running }) => [workerId, state, running])),
      schedules: JSON.stringify(
        planned.map(({ name, updatedAt, lastRunAt }) => [name, updatedAt, lastRunAt]),
      ),
      audit: trail.entries[0]?.id ?? '',
    },
  };
}
