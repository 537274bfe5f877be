import type { EventBus } from '../core/event-bus.js';
import type { Clock, Timer } from '../core/ports/clock.js';
import type { DrainOrder, WorkerOrders } from '../core/ports/worker-orders.js';

/** What the drain watch works with. */
export interface DrainWatchParts {
  readonly orders: Pick<WorkerOrders<unknown>, 'drainOrder'>;
  readonly clock: Clock;
  readonly events: EventBus;
  /** `undefined` while this process has no living row. */
  readonly workerId: () => string | undefined;
  readonly onOrder: (order: DrainOrder) => void;
}

/** An order is heard within this time and the time of one statement, wherever it was given. */
const LOOK_EVERY_MS = 1_000;

/**
 * Hears of operators who want this process to take nothing more. The ledger is asked and nobody else: the order must
 * arrive when Redis is away, too. One look-up of a row by its key, once a second.
 */
export class DrainWatch {
  private timer: Timer | undefined;
  private isLooking = false;

  constructor(private readonly parts: DrainWatchParts) {}

  start(): void {
    this.timer ??= this.parts.clock.every(LOOK_EVERY_MS, () => void this.look());
  }

  stop(): void {
    this.timer?.cancel();
    this.timer = undefined;
  }

  private async look(): Promise<void> {
    const workerId = this.parts.workerId();
    if (this.isLooking || workerId === undefined) return;
    this.isLooking = true;
    try {
      const order = await this.parts.orders.drainOrder(workerId);
      // It may have been stopped, or have another id, by the time of the answer.
      if (order !== undefined && this.timer !== undefined && this.parts.workerId() === workerId) {
        this.stop();
        this.parts.events.emit('drain.ordered', { workerId, thenExit: order.thenExit });
        this.parts.onOrder(order);
      }
    } catch (error) {
      this.parts.events.emit('engine.failed', { during: 'drain', error });
    } finally {
      this.isLooking = false;
    }
  }
}
