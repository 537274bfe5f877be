import type { Clock } from './ports/clock.js';

/** Waits for the work, but no longer than this. What the work comes to is none of the waiter's business. */
export async function within(clock: Clock, longestMs: number, work: Promise<unknown>): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = clock.after(longestMs, resolve);
    const done = (): void => {
      timer.cancel();
      resolve();
    };
    work.then(done, done);
  });
}
