import type { EventBus } from '../core/event-bus.js';
import type { Clock, Timer } from '../core/ports/clock.js';
import type { DutyName, DutyPlan, DutyTurn, LedgerUpkeep } from '../core/ports/ledger-upkeep.js';

/** A piece of maintenance that happens once per queue and period, whoever does it. */
export interface Duty {
  readonly name: DutyName;
  readonly plan: DutyPlan;
  /** Must be safe to do twice, and at the same time as another process. */
  perform(turn: DutyTurn): Promise<void>;
}

/** How a duty loop is doing, for people. */
export interface DutyStatus {
  readonly duty: DutyName;
  readonly periodMs: number;
  readonly running: boolean;
  /** Turns that this process has taken. */
  readonly turns: number;
  readonly lastError: string | null;
}

/**
 * A turn is free again after this share of the period. With the whole period in the ledger a process that ticks alone
 * would come a moment too early every other time, because a timer and a statement never keep exact time: the duty
 * would be done every second period.
 */
const TURN_SHARE = 0.5;

/**
 * The only maintenance loop: each period it asks the ledger for the duty's turns and performs those that it gets.
 * Every worker process runs it; the ledger gives each turn to one. A tick that throws is reported and the loop goes
 * on; a tick that is still under way lets the next one pass.
 */
export class DutyLoop {
  private timer: Timer | undefined;
  private underWay: Promise<void> | undefined;
  private turns = 0;
  private lastError: string | null = null;

  constructor(
    private readonly duty: Duty,
    private readonly queues: readonly string[],
    private readonly upkeep: LedgerUpkeep,
    private readonly clock: Clock,
    private readonly events: EventBus,
  ) {}

  /** Starts ticking, at once and then every period; answers the interval for those who list them. */
  start(): Timer {
    this.timer ??= this.clock.every(this.duty.plan.periodMs, () => void this.tick());
    void this.tick();
    return this.timer;
  }

  /** Stops ticking; resolves when the tick under way has ended. */
  async stop(): Promise<void> {
    this.timer?.cancel();
    this.timer = undefined;
    await this.underWay;
  }

  /** One tick now; never rejects. */
  async tick(): Promise<void> {
    if (this.underWay !== undefined) return;
    this.underWay = this.takeTurns();
    await this.underWay;
    this.underWay = undefined;
  }

  status(): DutyStatus {
    return {
      duty: this.duty.name,
      periodMs: this.duty.plan.periodMs,
      running: this.timer !== undefined,
      turns: this.turns,
      lastError: this.lastError,
    };
  }

  private async takeTurns(): Promise<void> {
    try {
      const { name, plan } = this.duty;
      const turn = { ...plan, periodMs: plan.turnMs ?? TURN_SHARE * plan.periodMs };
      const turns = await this.upkeep.takeDuty(name, this.queues, turn);
      for (const turn of turns) {
        this.turns += 1;
        await this.duty.perform(turn);
      }
      this.lastError = null;
    } catch (error) {
      this.lastError = error instanceof Error ? error.message : String(error);
      this.events.emit('duty.failed', { duty: this.duty.name, error });
    }
  }
}
