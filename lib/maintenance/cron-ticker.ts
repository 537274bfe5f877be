import type { EventBus } from '../core/event-bus.js';
import type { JobDraft, JobId, QueuedHint } from '../core/job.js';
import type { Clock, Timer } from '../core/ports/clock.js';
import type { Dispatcher } from '../core/ports/dispatcher.js';
import type { JobDefaults } from '../core/ports/handler-table.js';
import type { ScheduleLedger, TakenSteps, TickStep } from '../core/ports/schedule-ledger.js';
import { resolveEnqueueOptions } from '../core/resolve-enqueue-options.js';
import { decideTick, jitterOf, tickKey, type DueSchedule, type TickDecision } from '../core/schedule-tick.js';
import type { Duty } from './duty-loop.js';

/** What the ticker works with. */
export interface CronTickerParts {
  /** The application whose schedules it fires. */
  readonly app: string;
  readonly schedules: ScheduleLedger;
  readonly dispatcher: Dispatcher;
  readonly clock: Clock;
  readonly events: EventBus;
  readonly newJobId: () => JobId;
  readonly defaultsFor: (type: string) => JobDefaults;
  /** The names that a priority may have. */
  readonly priorities: ReadonlyMap<string, number>;
  /** The names that this process's code declares. */
  readonly declared: () => readonly string[];
}

/** A due schedule, and what was decided about it. */
interface Plan {
  readonly schedule: DueSchedule;
  readonly decision: TickDecision;
  readonly step: TickStep;
}

/** The longest that a tick waits when the process that would have woken for it has died. */
const TICK_MS = 1_000;
const BATCH_SIZE = 500;
/** So many ticks of one schedule at most are caught up in a row; the next turn goes on. */
const MOST_ROUNDS = 1_000;

/**
 * Turns ticks into jobs. Many may do it at the same time: the ledger moves a schedule on once, and writes the job in the
 * same statement, so each tick has one job. "Now" is the database's, never this process's.
 * Between two turns it wakes for a tick that comes sooner, so lateness does not depend on the turn.
 */
export class CronTicker implements Duty {
  readonly name = 'cron';
  readonly plan = { periodMs: TICK_MS, longestGapMs: Number.MAX_SAFE_INTEGER, quietMs: 0 };
  private readonly broken = new Map<string, string>();
  private early: Timer | undefined;
  private stopped = true;

  constructor(private readonly parts: CronTickerParts) {}

  async perform(): Promise<void> {
    await this.fireDue();
    await this.wakeEarly();
  }

  /**
   * Fires what is due now, without waiting for the next turn.
   * @returns how many jobs it wrote
   */
  async fireDue(): Promise<number> {
    let fired = 0;
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      const { nowMs, due } = await this.parts.schedules.due(this.parts.app, this.declared(), BATCH_SIZE);
      const plans = due.flatMap((schedule) => this.planFor(schedule, nowMs));
      if (plans.length === 0) return fired;
      let moved = 0;
      for (const batch of inBatches(plans)) {
        const taken = await this.take(batch, nowMs);
        fired += taken.fired.length;
        moved += taken.moved.length;
      }
      // Others hold what is left, and will have moved it on.
      if (moved === 0) return fired;
    }
    return fired;
  }

  /** Ms until the next tick of a schedule that this process fires; `null` when there is none. */
  nextDueInMs(): Promise<number | null> {
    return this.parts.schedules.nextDueInMs(this.parts.app, this.declared());
  }

  /** From now on it wakes early for what comes between two turns. */
  begin(): void {
    this.stopped = false;
  }

  stop(): void {
    this.stopped = true;
    this.early?.cancel();
  }

  private async take(plans: readonly Plan[], nowMs: number): Promise<TakenSteps> {
    const steps = plans.map(({ step }) => step);
    const taken = await this.parts.schedules.take(this.parts.app, steps);
    await this.tell(plans, taken, nowMs);
    return taken;
  }

  private declared(): readonly string[] {
    return this.parts.declared();
  }

  /** A schedule that cannot be read must not keep the others from their ticks. */
  private planFor(schedule: DueSchedule, nowMs: number): Plan[] {
    try {
      const decision = decideTick(schedule, nowMs);
      if (decision === undefined) return [];
      const { tickMs, nextMs, replaces } = decision;
      const job = tickMs === null ? null : { tickMs, draft: this.draftFor(schedule, tickMs) };
      this.broken.delete(schedule.name);
      return [
        { schedule, decision, step: { name: schedule.name, guard: schedule.guard, nextMs, job, replaces } },
      ];
    } catch (error) {
      this.complain(schedule, error);
      return [];
    }
  }

  private draftFor(schedule: DueSchedule, tickMs: number): JobDraft {
    const { app, defaultsFor, newJobId, priorities } = this.parts;
    const { name, type, queue, options, payload } = schedule;
    const given = { ...options, queue };
    const settings = resolveEnqueueOptions(type, given, defaultsFor(type), [], priorities);
    return {
      ...settings,
      id: newJobId(),
      payload,
      delayMs: 0,
      scheduledAt: new Date(tickMs + jitterOf(schedule, tickMs)).toISOString(),
      tags: [...(settings.tags ?? []), `schedule:${name}`],
      unique: { key: tickKey(app, name, tickMs), keeps: true, expiresAfterMs: null, onConflict: 'skip' },
    };
  }

  /** The same complaint at every turn would help nobody. */
  private complain({ name, guard }: DueSchedule, error: unknown): void {
    if (this.broken.get(name) === guard) return;
    this.broken.set(name, guard);
    this.parts.events.emit('schedule.failed', { schedule: name, error });
  }

  private async tell(plans: readonly Plan[], taken: TakenSteps, nowMs: number): Promise<void> {
    const moved = new Set(taken.moved);
    const jobs = new Map(taken.fired.map((job) => [job.schedule, job]));
    for (const { schedule, decision } of plans) {
      if (!moved.has(schedule.name)) continue;
      const { name, plannedMs } = schedule;
      if (decision.skipped !== null) {
        const tick = new Date(plannedMs);
        this.parts.events.emit('schedule.skipped', { schedule: name, tick, reason: decision.skipped });
      }
      const job = jobs.get(name);
      if (job === undefined || decision.tickMs === null) continue;
      const tick = new Date(decision.tickMs);
      const latenessMs = nowMs - decision.tickMs;
      this.parts.events.emit('schedule.fired', { schedule: name, jobId: job.id, tick, latenessMs });
    }
    this.tellReplaced(taken);
    await this.announce(taken);
  }

  private tellReplaced({ replaced }: TakenSteps): void {
    for (const { schedule, status, ...job } of replaced) {
      if (status !== 'cancelled') continue;
      const reason = `replaced by the next tick of the schedule "${schedule}"`;
      this.parts.events.emit('job.cancelled', { job, reason });
    }
  }

  /** The second step of a job's way, as at the producer. */
  private async announce({ fired }: TakenSteps): Promise<void> {
    for (const [queue, jobs] of byQueue(fired)) {
      this.parts.events.emit('jobs.enqueued', { queue, jobs });
      const pending = jobs.filter(({ status }) => status === 'pending');
      if (pending.length > 0) await this.parts.dispatcher.announce(queue, pending);
    }
  }

  private async wakeEarly(): Promise<void> {
    if (this.stopped) return;
    const nextDueInMs = await this.nextDueInMs();
    if (this.isLeftToTheTurn(nextDueInMs)) return;
    this.early?.cancel();
    this.early = this.parts.clock.after(Math.ceil(nextDueInMs), () => void this.performEarly());
  }

  /** A drain may have begun while the ledger was asked. */
  private isLeftToTheTurn(nextDueInMs: number | null): nextDueInMs is null {
    return this.stopped || nextDueInMs === null || nextDueInMs >= TICK_MS;
  }

  private async performEarly(): Promise<void> {
    try {
      await this.perform();
    } catch (error) {
      this.parts.events.emit('duty.failed', { duty: this.name, error });
    }
  }
}

/** A job that is to be replaced may be held by a transaction of its handler: nobody else's tick waits for that. */
function inBatches(plans: readonly Plan[]): Plan[][] {
  const free = plans.filter(({ step }) => step.replaces === null);
  const waiting = plans.filter(({ step }) => step.replaces !== null).map((plan) => [plan]);
  return free.length === 0 ? waiting : [free, ...waiting];
}

function byQueue<Hint extends QueuedHint>(jobs: readonly Hint[]): Map<string, Hint[]> {
  const queues = new Map<string, Hint[]>();
  for (const job of jobs) {
    const members = queues.get(job.queue);
    if (members === undefined) queues.set(job.queue, [job]);
    else members.push(job);
  }
  return queues;
}
