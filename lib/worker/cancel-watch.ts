import type { EventBus } from '../core/event-bus.js';
import type { Clock, Timer } from '../core/ports/clock.js';
import type { CancelRequest, OpenRuns } from '../core/ports/open-runs.js';

/** What the cancel watch works with. */
export interface CancelParts {
  readonly openRuns: Pick<OpenRuns<unknown>, 'cancelRequests'>;
  readonly clock: Clock;
  readonly events: EventBus;
  /** The workers under whose ids something is under way in this process; none when nothing is. */
  readonly workerIds: () => readonly string[];
  readonly onRequest: (request: CancelRequest) => void;
}

/** A request is heard within this time and the time of one statement, wherever it was made. */
const LOOK_EVERY_MS = 1_000;

/**
 * Hears of jobs that somebody wants to end while they run here. The ledger is asked and nobody else: a request must
 * arrive when Redis is away, too. It is asked only while something runs.
 */
export class CancelWatch {
  private timer: Timer | undefined;
  private unsubscribe: (() => void) | undefined;
  private isLooking = false;

  constructor(private readonly parts: CancelParts) {}

  start(): void {
    const { clock, events } = this.parts;
    this.timer ??= clock.every(LOOK_EVERY_MS, () => void this.look());
    // Asked for in this very process: no need to wait for the next look.
    this.unsubscribe ??= events.on('cancel.requested', () => void this.look());
  }

  stop(): void {
    this.timer?.cancel();
    this.timer = undefined;
    this.unsubscribe?.();
    this.unsubscribe = undefined;
  }

  private async look(): Promise<void> {
    const workerIds = this.parts.workerIds();
    if (this.isLooking || workerIds.length === 0) return;
    this.isLooking = true;
    try {
      for (const request of await this.parts.openRuns.cancelRequests(workerIds))
        this.parts.onRequest(request);
    } catch (error) {
      this.parts.events.emit('engine.failed', { during: 'cancel', error });
    } finally {
      this.isLooking = false;
    }
  }
}
