import type { LinePlace } from '../core/claim-order.js';
import type { Room } from '../core/claim.js';
import type { EventBus } from '../core/event-bus.js';
import type { DispatchMode } from '../core/events.js';
import type { Hint, HintKey } from '../core/job.js';
import type { Dispatcher, Restored, Taken } from '../core/ports/dispatcher.js';
import { MemoryDispatcher } from './memory-dispatcher.js';
import type { RunPermit } from './run-permit.js';

/** What a simulated Redis tells of its losses. */
export interface RedisParts {
  readonly windowSize: number;
  readonly events: EventBus;
  readonly permit: RunPermit;
  readonly onWake: () => void;
  /** Whether there is a Redis at first. */
  readonly isThere: boolean;
}

const NOTHING: Taken = { kind: 'hints', ids: [], lowTypes: [], left: 0 };

/**
 * The dispatcher of a test application: Redis in memory while it is there, and the ledger alone while it is not, as
 * when a real one fails. It hands out jobs only while the testbed permits it: what it gave out otherwise would be lost.
 */
export class SimulatedRedis implements Dispatcher {
  private readonly memory: MemoryDispatcher;
  private isThere: boolean;

  constructor(private readonly parts: RedisParts) {
    const { windowSize, onWake } = parts;
    this.memory = new MemoryDispatcher({ windowSize, onWake });
    this.isThere = parts.isThere;
  }

  get mode(): DispatchMode {
    return this.isThere ? 'redis' : 'postgres';
  }

  get windowSize(): number {
    return this.memory.windowSize;
  }

  start(): Promise<void> {
    return this.memory.start();
  }

  stop(): Promise<void> {
    return this.memory.stop();
  }

  async announce(queue: string, hints: readonly Hint[]): Promise<void> {
    if (this.isThere) await this.memory.announce(queue, hints);
    else if (hints.length > 0) this.parts.onWake();
  }

  async take(queue: string, rooms: readonly Room[], limit: number): Promise<Taken> {
    const most = Math.min(limit, this.parts.permit.left);
    if (most === 0) return NOTHING;
    return this.isThere ? this.memory.take(queue, rooms, most) : { kind: 'look' };
  }

  async restore(queue: string, type: string, hints: readonly Hint[], complete: boolean): Promise<Restored> {
    return this.isThere ? this.memory.restore(queue, type, hints, complete) : { added: 0 };
  }

  async withdraw(queue: string, jobs: readonly HintKey[]): Promise<void> {
    if (this.isThere) await this.memory.withdraw(queue, jobs);
  }

  async withdrawUpTo(queue: string, lasts: readonly Hint[], after?: LinePlace): Promise<void> {
    if (this.isThere) await this.memory.withdrawUpTo(queue, lasts, after);
  }

  /** It goes away, or comes back; either way it has forgotten everything. */
  setPresence(isThere: boolean): void {
    this.memory.forget();
    if (this.isThere === isThere) return;
    this.isThere = isThere;
    const reason = isThere ? 'The testbed restored Redis.' : 'The testbed lost Redis.';
    this.parts.events.emit('dispatcher.switched', { to: this.mode, reason });
    this.parts.onWake();
  }

  /** As after a FLUSHALL. */
  forget(): void {
    this.memory.forget();
  }
}
