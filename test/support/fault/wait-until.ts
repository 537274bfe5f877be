import { setTimeout as delay } from 'node:timers/promises';
import { monotonicMs } from './events.js';

/** How often is looked, and for how long. */
export interface Patience {
  readonly withinMs: number;
  /** Looking costs time that the processes under test need: a question to a store is asked less often. */
  readonly everyMs: number;
}

/** Waits until a look shows something, and answers it. An error of the look itself ends the waiting. */
export async function waitUntil<Found>(
  what: string,
  look: () => Found | undefined | Promise<Found | undefined>,
  { everyMs, withinMs }: Patience,
): Promise<Found> {
  const deadline = monotonicMs() + withinMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (monotonicMs() > deadline) throw new Error(`This did not happen within ${withinMs} ms: ${what}.`);
    await delay(everyMs); // polls until the deadline
  }
}
