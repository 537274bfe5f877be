import type { JobEventName } from '../../core/job-events.js';
import type { Clock, Timer } from '../../core/ports/clock.js';
import { DeliveryFailure, type KyuNotifier, type Notification } from '../../core/ports/notifier.js';
import { summaryText } from './notice-text.js';

export interface NotificationQueueParts {
  readonly notifier: KyuNotifier;
  readonly clock: Clock;
  /** Told of what could not be delivered, for good. */
  readonly onFailed: (lost: number, error: unknown) => void;
}

const WINDOW_MS = 60_000;
export const PER_MINUTE = 20;
/** Beyond that, a notifier that does not answer gets a summary later instead of filling the memory. */
const MOST_WAITING = 100;
const TRIES = 3;
const FIRST_WAIT_MS = 1_000;
const WAIT_FACTOR = 4;
const LONGEST_WAIT_MS = 300_000;
const PATIENCE_MS = 10_000;

/** What one notifier has to deliver: one after the other, not too many, not for ever. */
export class NotificationQueue {
  private readonly waiting: Notification[] = [];
  private readonly overflow = new Map<JobEventName, number>();
  private allowance: number;
  private window: Timer | undefined;
  private delivering: Promise<void> | undefined;
  private closing = false;
  private stopped = false;
  private endPause: (() => void) | undefined;
  private endTry: (() => void) | undefined;

  constructor(private readonly parts: NotificationQueueParts) {
    this.allowance = this.perMinute;
  }

  push(event: JobEventName, notification: Notification): void {
    if (this.stopped) return;
    this.window ??= this.openWindow();
    if (this.allowance > 0 && this.waiting.length < MOST_WAITING) {
      this.allowance -= 1;
      this.enqueue(notification);
    } else {
      this.overflow.set(event, (this.overflow.get(event) ?? 0) + 1);
    }
  }

  /** Delivers what there is, without the usual waits. */
  async drain(): Promise<void> {
    this.closing = true;
    this.window?.cancel();
    this.endPause?.();
    this.sumUp();
    await this.delivering;
  }

  /** Gives up what is not delivered. */
  stop(): void {
    if (this.stopped) return;
    this.stopped = true;
    this.window?.cancel();
    const lost = this.waiting.splice(0).length;
    if (lost > 0) this.parts.onFailed(lost, new Error('the application has shut down'));
    this.endPause?.();
    this.endTry?.();
  }

  private get perMinute(): number {
    return this.parts.notifier.perMinute ?? PER_MINUTE;
  }

  private openWindow(): Timer {
    return this.parts.clock.after(WINDOW_MS, () => {
      this.window = undefined;
      this.allowance = this.perMinute;
      if (this.overflow.size === 0) return;
      this.window = this.openWindow();
      this.allowance -= 1;
      this.sumUp();
    });
  }

  private sumUp(): void {
    if (this.overflow.size === 0) return;
    const text = summaryText(this.overflow);
    this.overflow.clear();
    this.enqueue({ text });
  }

  private enqueue(notification: Notification): void {
    this.waiting.push(notification);
    this.delivering ??= this.deliverAll();
  }

  private async deliverAll(): Promise<void> {
    for (let next = this.waiting.shift(); next !== undefined; next = this.waiting.shift()) {
      await this.deliver(next);
    }
    // At once, not when the promise settles: what comes in between would wait for ever.
    this.delivering = undefined;
  }

  /** Never rejects. */
  private async deliver(notification: Notification): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.deliverOnce(notification);
      } catch (error) {
        const isFinal = error instanceof DeliveryFailure && error.isFinal;
        if (isFinal || attempt === TRIES || this.stopped) return this.parts.onFailed(1, error);
        await this.pause(waitMsAfter(attempt, error));
      }
    }
  }

  private async deliverOnce(notification: Notification): Promise<void> {
    const controller = new AbortController();
    this.endTry = () => controller.abort(new Error('the application has shut down'));
    const patience = this.parts.clock.after(PATIENCE_MS, () =>
      controller.abort(new Error('no answer within 10 s')),
    );
    // One that ignores its signal must not hold up the others for ever.
    const aborted = new Promise<never>((_, reject) => {
      controller.signal.addEventListener('abort', () => reject(controller.signal.reason as Error));
    });
    try {
      await Promise.race([this.parts.notifier.deliver(notification, controller.signal), aborted]);
    } finally {
      patience.cancel();
      this.endTry = undefined;
    }
  }

  private async pause(waitMs: number): Promise<void> {
    if (this.closing) return;
    await new Promise<void>((resolve) => {
      const timer = this.parts.clock.after(waitMs, resolve);
      this.endPause = () => {
        timer.cancel();
        resolve();
      };
    });
    this.endPause = undefined;
  }
}

function waitMsAfter(attempt: number, error: unknown): number {
  const asked = error instanceof DeliveryFailure ? error.retryAfterMs : undefined;
  return Math.min(LONGEST_WAIT_MS, asked ?? FIRST_WAIT_MS * WAIT_FACTOR ** (attempt - 1));
}
