import type { EntityManager } from 'typeorm';
import type {
  DueSchedules,
  PlannedSchedule,
  ScheduleLedger,
  TakenSteps,
  TickStep,
} from '../core/ports/schedule-ledger.js';
import type { Schedule, ScheduleSource } from '../core/schedule.js';
import type { EnqueuedLog } from './enqueued-log.js';
import { transactionOf } from './memory-managers.js';
import type { MemoryTransaction } from './memory-transaction.js';

/** The door for schedules, which also keeps in mind what ticks have become. */
export class RecordingScheduleLedger implements ScheduleLedger<EntityManager> {
  constructor(
    private readonly ledger: ScheduleLedger<MemoryTransaction>,
    private readonly log: EnqueuedLog,
    private readonly clockMs: () => number,
  ) {}

  async take(app: string, steps: readonly TickStep[]): Promise<TakenSteps> {
    const taken = await this.ledger.take(app, steps);
    const fired = new Set(taken.fired.map(({ id }) => id));
    const drafts = steps.flatMap(({ job }) => (job !== null && fired.has(job.draft.id) ? [job.draft] : []));
    this.log.record(drafts, this.clockMs());
    return taken;
  }

  nowMs(): Promise<number> {
    return this.ledger.nowMs();
  }

  upsert(
    app: string,
    schedules: readonly PlannedSchedule[],
    over: readonly ScheduleSource[],
    manager?: EntityManager,
  ): Promise<string[]> {
    return this.ledger.upsert(app, schedules, over, transactionOf(manager));
  }

  find(app: string, name: string, manager?: EntityManager): Promise<Schedule | undefined> {
    return this.ledger.find(app, name, transactionOf(manager));
  }

  list(app: string): Promise<Schedule[]> {
    return this.ledger.list(app);
  }

  pause(app: string, name: string, manager?: EntityManager): Promise<boolean> {
    return this.ledger.pause(app, name, transactionOf(manager));
  }

  resume(app: string, name: string, nextTickMs: number | null, manager?: EntityManager): Promise<boolean> {
    return this.ledger.resume(app, name, nextTickMs, transactionOf(manager));
  }

  remove(app: string, names: readonly string[], manager?: EntityManager): Promise<string[]> {
    return this.ledger.remove(app, names, transactionOf(manager));
  }

  due(app: string, declared: readonly string[], limit: number): Promise<DueSchedules> {
    return this.ledger.due(app, declared, limit);
  }

  nextDueInMs(app: string, declared: readonly string[]): Promise<number | null> {
    return this.ledger.nextDueInMs(app, declared);
  }
}
