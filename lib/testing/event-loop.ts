import { setImmediate as nextTurn } from 'node:timers/promises';
import { systemClock } from '../core/system-clock.js';

/** Lets everything that is ready run: promises, and what was put off to a later turn of the event loop. */
export async function letPromisesRun(turns = 3): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) await nextTurn();
}

/** Real time, which no virtual clock moves. */
export function realTimeMs(): number {
  return systemClock.monotonicMs();
}

/** Leaves the processor to others for a moment of real time. */
export function pauseForReal(ms: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = systemClock.after(ms, resolve);
    // Timers of the clock keep no process alive, and a test that waits must not end in the middle of it.
    (timer.handle as NodeJS.Timeout).ref();
  });
}
