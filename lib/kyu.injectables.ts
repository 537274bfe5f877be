import type { EntityManager } from 'typeorm';
import { Admin } from './admin/admin.js';
import { NotAWorkerError } from './core/errors.js';
import type { DutyLoop, DutyStatus } from './maintenance/duty-loop.js';
import type { Reaper } from './maintenance/reaper.js';
import type { Scheduler } from './maintenance/scheduler.js';
import { JobEventHub } from './observability/job-event-hub.js';
import { Producer } from './producer/producer.js';

/** Adds jobs. Inject it wherever work is to be done later. */
export class KyuProducer extends Producer<EntityManager> {}

/** Looks at jobs and operates on them. */
export class KyuAdmin extends Admin<EntityManager> {}

/**
 * Events about single jobs, by subscription; `@OnJobEvent` is the same by decorator.
 * @example
 * const end = this.events.on('dead', (event) => this.pager.call(event.jobId, event.error));
 */
export class KyuJobEvents extends JobEventHub {}

/** Makes due jobs pending; every worker process runs it, twice a second. */
export class KyuScheduler {
  constructor(
    private readonly scheduler: Scheduler,
    private readonly loop: DutyLoop | undefined,
  ) {}

  /**
   * Promotes what is due now, without waiting for the next tick.
   * @returns how many jobs became pending
   * @throws LedgerUnavailableError when PostgreSQL does not answer
   */
  promoteDue(): Promise<number> {
    return this.scheduler.promoteDue();
  }

  /** How its loop is doing. @throws NotAWorkerError in a producer-only process */
  status(): DutyStatus {
    return statusOf(this.loop, 'KyuScheduler.status()');
  }
}

/** Takes back the jobs of dead workers; every worker process runs it, twice a second. */
export class KyuReaper {
  constructor(
    private readonly reaper: Reaper,
    private readonly loop: DutyLoop | undefined,
  ) {}

  /**
   * Takes back the jobs of workers that are known to be dead, without waiting for the next tick.
   * @returns how many jobs were taken back
   * @throws LedgerUnavailableError when PostgreSQL does not answer
   */
  sweep(): Promise<number> {
    return this.reaper.sweep();
  }

  /** How its loop is doing. @throws NotAWorkerError in a producer-only process */
  status(): DutyStatus {
    return statusOf(this.loop, 'KyuReaper.status()');
  }
}

function statusOf(loop: DutyLoop | undefined, what: string): DutyStatus {
  if (loop === undefined) throw new NotAWorkerError(what);
  return loop.status();
}
