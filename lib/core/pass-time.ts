import type { Clock } from './ports/clock.js';
import { holdProcess } from './system-clock.js';

/** Waits; the process lives for it, which timers of the clock do not see to. */
export async function pass(clock: Clock, milliseconds: number): Promise<void> {
  const hold = holdProcess();
  try {
    await new Promise<void>((resolve) => void clock.after(milliseconds, resolve));
  } finally {
    hold.cancel();
  }
}
