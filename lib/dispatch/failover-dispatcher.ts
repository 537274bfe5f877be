import type { LinePlace } from '../core/claim-order.js';
import type { Room } from '../core/claim.js';
import type { EventBus } from '../core/event-bus.js';
import type { DispatchMode } from '../core/events.js';
import type { Hint, HintKey } from '../core/job.js';
import type { Clock, Timer } from '../core/ports/clock.js';
import type { Dispatcher, DispatcherSurvey, Restored, Taken } from '../core/ports/dispatcher.js';
import { ANNOUNCE_BUDGET_MS } from './announce-budget.js';
import type { FallibleDispatcher } from './fallible-dispatcher.js';
import { RedisUnavailableError, reasonOf } from './redis-unavailable-error.js';
import { within } from '../core/within.js';

/** What listens to the wake-ups of Redis. */
export interface RedisListener {
  /** Connects, or makes sure of the connection. Never rejects. */
  check(): Promise<void>;
  stop(): Promise<void>;
}

/** What a failover dispatcher is made of. */
export interface FailoverParts {
  readonly redis: FallibleDispatcher;
  readonly polling: Dispatcher;
  readonly redisWakeUp: RedisListener;
  /** The queues that this process serves. */
  readonly queues: readonly string[];
  readonly onWake: (queue: string) => void;
  readonly clock: Clock;
  readonly events: EventBus;
}

/** So many failures in a row, and PostgreSQL takes over. */
const MOST_FAILURES = 2;
/** Between two looks at Redis, in either mode; ± a fifth, so that a fleet does not look in step. */
const LOOK_PERIOD_MS = 1_000;

/**
 * Redis while it works, PostgreSQL while it does not, and never a restart.
 *
 * Modes: postgres (from the beginning, and after two failures in a row: Redis is probed each second) → redis (once
 * a probe has proved that it can be read and written; it is looked at each second, so that a loss is noticed while
 * nothing is to do) → postgres …
 *
 * A return makes every queue `forgotten` at its next take: what was announced meanwhile never reached Redis.
 */
export class FailoverDispatcher implements Dispatcher {
  private currentMode: DispatchMode = 'postgres';
  private failures = 0;
  /** Grows with every switch: a failure that belongs to an earlier period of Redis no longer counts. */
  private period = 0;
  private nextLook: Timer | undefined;
  private lookUnderWay: Promise<void> = Promise.resolve();
  private stopped = false;

  constructor(private readonly parts: FailoverParts) {}

  get mode(): DispatchMode {
    return this.currentMode;
  }

  get windowSize(): number {
    return this.parts.polling.windowSize;
  }

  /** A Redis that is not there yet is no reason to fail: it is probed until it is. */
  async start(): Promise<void> {
    // Both are listened to in both modes: the one who announces may not be in the mode of the one who works.
    await Promise.all([this.parts.polling.start(), this.parts.redisWakeUp.check(), this.lookFirst()]);
    this.planLook();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.nextLook?.cancel();
    await Promise.all([this.parts.polling.stop(), this.parts.redisWakeUp.stop(), this.parts.redis.close()]);
    await this.lookUnderWay;
  }

  async announce(queue: string, hints: readonly Hint[]): Promise<void> {
    if (hints.length === 0 || this.stopped) return;
    if (this.currentMode === 'postgres') return this.parts.polling.announce(queue, hints);
    // A slow Redis holds nobody up: beyond the budget the announcement goes on by itself, and may still fail.
    let isTold = false;
    const telling = this.announceToRedis(queue, hints).finally(() => (isTold = true));
    await within(this.parts.clock, ANNOUNCE_BUDGET_MS, telling);
    // A Redis that is frozen wakes nobody, and idle workers would learn of it only by its timeouts, one after another.
    if (!isTold && !this.stopped) void this.parts.polling.announce(queue, hints);
  }

  async take(queue: string, rooms: readonly Room[], limit: number): Promise<Taken> {
    if (this.currentMode === 'postgres') return { kind: 'look' };
    try {
      return await this.counted(() => this.parts.redis.take(queue, rooms, limit));
    } catch (error) {
      this.tellFailure('take', error);
      return { kind: 'look' };
    }
  }

  async restore(queue: string, type: string, hints: readonly Hint[], complete: boolean): Promise<Restored> {
    if (this.currentMode === 'postgres') return { added: 0 };
    try {
      return await this.counted(() => this.parts.redis.restore(queue, type, hints, complete));
    } catch (error) {
      this.tellFailure('restore', error);
      return { added: 0 };
    }
  }

  withdraw(queue: string, jobs: readonly HintKey[]): Promise<void> {
    return this.withdrawing(jobs, () => this.parts.redis.withdraw(queue, jobs));
  }

  withdrawUpTo(queue: string, lasts: readonly Hint[], after?: LinePlace): Promise<void> {
    return this.withdrawing(lasts, () => this.parts.redis.withdrawUpTo(queue, lasts, after));
  }

  async survey(queue: string, types: readonly string[]): Promise<DispatcherSurvey | undefined> {
    if (this.currentMode === 'postgres') return undefined;
    try {
      return await this.counted(async () => this.parts.redis.survey?.(queue, types));
    } catch (error) {
      this.tellFailure('survey', error);
      return undefined;
    }
  }

  private async withdrawing(jobs: readonly HintKey[], work: () => Promise<void>): Promise<void> {
    if (this.currentMode === 'postgres' || jobs.length === 0 || this.stopped) return;
    try {
      await this.counted(work);
    } catch (error) {
      this.tellFailure('withdraw', error);
    }
  }

  private async announceToRedis(queue: string, hints: readonly Hint[]): Promise<void> {
    try {
      await this.counted(() => this.parts.redis.announce(queue, hints));
    } catch (error) {
      if (this.stopped) return;
      this.parts.events.emit('announce.failed', { queue, count: hints.length, error });
      await this.parts.polling.announce(queue, hints);
    }
  }

  /** Every use of Redis goes through here, so that the breaker sees every failure and every success. */
  private async counted<Answer>(use: () => Promise<Answer>): Promise<Answer> {
    const { period } = this;
    try {
      const answer = await use();
      if (period === this.period) this.failures = 0;
      return answer;
    } catch (error) {
      if (period === this.period) this.noteFailure(error);
      throw error;
    }
  }

  private noteFailure(error: unknown): void {
    this.failures += 1;
    if (this.failures < MOST_FAILURES || this.currentMode === 'postgres' || this.stopped) return;
    this.parts.redis.reset();
    this.switchTo('postgres', inWords(error));
  }

  private switchTo(mode: DispatchMode, reason: string): void {
    this.currentMode = mode;
    this.period += 1;
    this.failures = 0;
    this.tellSwitch(mode, reason);
    // Idle workers wait for a signal of the other side: they look once, and then know where to wait.
    this.wake(this.parts.queues);
  }

  private async lookFirst(): Promise<void> {
    try {
      await this.parts.redis.probe();
      this.currentMode = 'redis';
    } catch (error) {
      this.parts.redis.reset();
      this.tellSwitch('postgres', inWords(error));
    }
  }

  private planLook(): void {
    if (this.stopped) return;
    const delayMs = LOOK_PERIOD_MS * (0.8 + 0.4 * this.parts.clock.random());
    this.nextLook = this.parts.clock.after(delayMs, () => {
      this.lookUnderWay = this.look().finally(() => this.planLook());
    });
  }

  /** Never rejects: each part sees to its failures. */
  private async look(): Promise<void> {
    const lookAtRedis = this.currentMode === 'redis' ? this.checkRedis() : this.probeRedis();
    await Promise.all([lookAtRedis, this.parts.redisWakeUp.check()]);
  }

  private async checkRedis(): Promise<void> {
    try {
      const forgotten = await this.counted(() => this.parts.redis.check());
      const served = new Set(this.parts.queues);
      this.wake(forgotten.filter((queue) => served.has(queue)));
    } catch {
      // Counted; if it was one too many, the switch has said why.
    }
  }

  private async probeRedis(): Promise<void> {
    try {
      await this.parts.redis.probe();
    } catch {
      this.parts.redis.reset();
      return;
    }
    if (this.stopped) return;
    this.parts.redis.forgetEverything();
    this.switchTo('redis', `Redis at ${this.parts.redis.address} can be used again.`);
  }

  private wake(queues: readonly string[]): void {
    for (const queue of queues) this.parts.onWake(queue);
  }

  private tellSwitch(to: DispatchMode, reason: string): void {
    this.parts.events.emit('dispatcher.switched', { to, reason });
  }

  private tellFailure(during: string, error: unknown): void {
    if (!this.stopped) this.parts.events.emit('engine.failed', { during, error });
  }
}

function inWords(error: unknown): string {
  return error instanceof RedisUnavailableError ? error.what : reasonOf(error);
}
