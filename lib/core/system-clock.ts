import { LONGEST_TIMER_MS } from './duration.js';
import type { Clock, Timer } from './ports/clock.js';

/** The real clock: the only file that reads the time, sets a timer or draws a random number. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  random: () => Math.random(),
  after(delayMs: number, action: () => void): Timer {
    // Node fires a longer timer at once; early by years beats a busy loop.
    const timer = setTimeout(action, Math.min(delayMs, LONGEST_TIMER_MS));
    timer.unref();
    return { handle: timer, cancel: () => clearTimeout(timer) };
  },
  every(periodMs: number, action: () => void): Timer {
    const timer = setInterval(action, Math.min(periodMs, LONGEST_TIMER_MS));
    timer.unref();
    return { handle: timer, cancel: () => clearInterval(timer) };
  },
};

/**
 * Keeps the process alive until it is cancelled. No timer of the clock does, and while every store is away there is no
 * open socket either: Node would end a worker in the middle of an outage as if its work were done.
 */
export function holdProcess(): Timer {
  const timer = setInterval(() => {}, LONGEST_TIMER_MS);
  return { handle: timer, cancel: () => clearInterval(timer) };
}
