import type { Clock } from '../core/ports/clock.js';

/** Waits for the work, but not for long: afterwards it goes on by itself. The work must not reject. */
export async function settleWithin(clock: Clock, limitMs: number, work: Promise<void>): Promise<void> {
  await new Promise<void>((resolve) => {
    const limit = clock.after(limitMs, resolve);
    void work.finally(() => {
      limit.cancel();
      resolve();
    });
  });
}
