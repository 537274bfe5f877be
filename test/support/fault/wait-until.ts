import { setTimeout as delay } from 'node:timers/promises';
import { monotonicMs } from './events.js';

/** Only a test that fails waits that long: what is to be quick is measured, and judged afterwards. */
export const LONG_ENOUGH_MS = 60_000;

/** How often is looked, and for how long. */
export interface Patience {
  /** Default: long enough. */
  readonly withinMs?: number;
  /** Looking costs time that the processes under test need: a question to a store is asked less often. */
  readonly everyMs: number;
}

/** Waits until a look shows something, and answers it. An error of the look itself ends the waiting. */
export async function waitUntil<Found>(
  what: string,
  look: () => Found | undefined | Promise<Found | undefined>,
  { everyMs, withinMs = LONG_ENOUGH_MS }: Patience,
): Promise<Found> {
  const deadline = monotonicMs() + withinMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (monotonicMs() > deadline) throw new Error(`This did not happen within ${withinMs} ms: ${what}.`);
    await delay(everyMs); // polls until the deadline
  }
}

/** How often is looked, and for how long nothing may have become less. */
export interface Persistence {
  readonly longestStandstillMs: number;
  readonly everyMs: number;
}

/**
 * Waits until nothing is left, however long that takes: a busy machine is slow, but only a defect stands still. What
 * goes up and down is no progress, there must be fewer than ever before.
 */
export async function untilNothingIsLeft(
  what: string,
  countLeft: () => number | Promise<number>,
  { everyMs, longestStandstillMs }: Persistence,
): Promise<void> {
  let fewest = Number.POSITIVE_INFINITY;
  let fewestSince = monotonicMs();
  for (;;) {
    const left = await countLeft();
    if (left <= 0) return;
    const now = monotonicMs();
    if (left < fewest) [fewest, fewestSince] = [left, now];
    else if (now - fewestSince > longestStandstillMs)
      throw new Error(`Nothing came of this for ${longestStandstillMs} ms: ${what}. ${left} are left.`);
    await delay(everyMs); // polls until nothing changes any more
  }
}
