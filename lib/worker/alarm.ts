import type { Clock } from '../core/ports/clock.js';

/** A sleep that can be ended early. A ring that comes while nobody sleeps is kept, so no wake-up falls between. */
export class Alarm {
  private rang = false;
  private wakeSleeper: (() => void) | undefined;

  constructor(private readonly clock: Clock) {}

  ring(): void {
    this.rang = true;
    this.wakeSleeper?.();
  }

  async sleep(longestMs: number): Promise<void> {
    if (!this.rang) {
      await new Promise<void>((resolve) => {
        const timer = this.clock.after(longestMs, resolve);
        this.wakeSleeper = () => {
          timer.cancel();
          resolve();
        };
      });
    }
    this.wakeSleeper = undefined;
    this.rang = false;
  }
}
