import type { EventBus } from '../core/event-bus.js';
import type { Clock } from '../core/ports/clock.js';
import type { DutyPlan, DutyTurn } from '../core/ports/ledger-upkeep.js';
import type { LedgerRetention, RetentionMark } from '../core/ports/retention.js';
import type { ResolvedRetention, ResolvedRetentionRule } from '../core/retention-options.js';
import type { Duty } from './duty-loop.js';

/** What retention works with. */
export interface RetentionParts {
  readonly queues: readonly string[];
  readonly ledger: LedgerRetention;
  readonly clock: Clock;
  readonly events: EventBus;
  readonly retention: ResolvedRetention;
}

/**
 * A walk goes on where the last one ended, so that jobs which are kept are not read again with every turn. But a job
 * may come to lie behind: it was locked, or its transaction began long before it committed. So now and then the walk
 * starts over.
 */
const START_OVER_MS = 3_600_000;

/** How far the walk of one rule along one queue has come. */
interface Walk {
  readonly startedMs: number;
  readonly mark: RetentionMark | null;
}

/** Removes jobs that have ended and whose time is over, rule by rule, in batches. */
export class Retention implements Duty {
  readonly name = 'retention';
  readonly plan: DutyPlan;
  private readonly walks = new Map<string, Walk>();
  private stopped = false;

  constructor(private readonly parts: RetentionParts) {
    this.plan = { periodMs: parts.retention.everyMs, longestGapMs: Number.MAX_SAFE_INTEGER, quietMs: 0 };
  }

  /** Without rules everything is kept for ever, and there is nothing to do. */
  get isNeeded(): boolean {
    return this.parts.retention.rules.length > 0;
  }

  async perform(turn: DutyTurn): Promise<void> {
    await this.retireQueue(turn.queue);
  }

  /** Looks at every job that has ended, in every queue of this instance, without waiting for the next turn. */
  async sweep(): Promise<number> {
    this.walks.clear();
    let retired = 0;
    for (const queue of this.parts.queues) retired += await this.retireQueue(queue);
    return retired;
  }

  begin(): void {
    this.stopped = false;
  }

  /** A pass over a large backlog ends with the batch that is under way. */
  stop(): void {
    this.stopped = true;
  }

  private async retireQueue(queue: string): Promise<number> {
    let retired = 0;
    for (const [index, rule] of this.parts.retention.rules.entries()) {
      retired += await this.walk(`${queue} ${index}`, queue, rule);
    }
    return retired;
  }

  private async walk(key: string, queue: string, rule: ResolvedRetentionRule): Promise<number> {
    const { batchSize } = this.parts.retention;
    const { startedMs, ...begun } = this.beginWalk(key);
    let { mark } = begun;
    let limit = batchSize;
    let total = 0;
    while (!this.stopped) {
      const step = { ...rule, queue, from: mark, limit };
      const { retired, seen, reached } = await this.parts.ledger.retire(step);
      if (retired > 0) this.tell(queue, rule, retired);
      total += retired;
      // More jobs ended in one instant than one look takes in, and all of them stay: only a wider look gets past.
      limit = retired === 0 && reached === mark ? 2 * limit : batchSize;
      mark = reached ?? mark;
      this.walks.set(key, { startedMs, mark });
      if (seen < step.limit) break;
    }
    return total;
  }

  private beginWalk(key: string): Walk {
    const nowMs = this.parts.clock.monotonicMs();
    const known = this.walks.get(key);
    if (known !== undefined && nowMs - known.startedMs < START_OVER_MS) return known;
    return { startedMs: nowMs, mark: null };
  }

  private tell(queue: string, { status, action }: ResolvedRetentionRule, count: number): void {
    this.parts.events.emit('jobs.retired', { queue, status, action, count });
  }
}
