import type { KyuFrontDoor } from '../../kyu.front-door.js';
import type { Counted, LedgerGlance } from './glance.js';

/** Looks at the ledger once a second: at what metrics and health read anyway, and at one row of the trail. */
export class LedgerGlancer {
  private jobs: string | undefined;
  private counted: Counted | undefined;

  constructor(private readonly kyu: KyuFrontDoor) {}

  async look(): Promise<LedgerGlance> {
    const { admin, schedules } = this.kyu;
    const [queues, workers, planned, trail] = await Promise.all([
      admin.queues(),
      admin.workers(),
      schedules.list(),
      admin.audit({ limit: 1 }),
    ]);
    const jobs = JSON.stringify(queues.map((queue) => ({ ...queue, oldestPendingMs: null })));
    const pauses = queues.map(({ queue, paused, pausedTypes, liveWorkers }) => [
      queue,
      paused,
      pausedTypes,
      liveWorkers,
    ]);
    return {
      counted: await this.countFor(jobs),
      marks: {
        jobs,
        queues: JSON.stringify(pauses),
        workers: JSON.stringify(workers.map(({ workerId, state, running }) => [workerId, state, running])),
        schedules: JSON.stringify(
          planned.map(({ name, updatedAt, lastRunAt }) => [name, updatedAt, lastRunAt]),
        ),
        audit: trail.entries[0]?.id ?? '',
      },
    };
  }

  /** Counting is dearer than looking, so it is done when there is something new to count. */
  private async countFor(jobs: string): Promise<Counted> {
    if (this.counted !== undefined && this.jobs === jobs) return this.counted;
    const { counts, estimated } = await this.kyu.admin.counts();
    this.jobs = jobs;
    this.counted = { counts, estimated };
    return this.counted;
  }
}
