import type { Clock, Timer } from './ports/clock.js';

/** The real clock: the only file that reads the time, sets a timer or draws a random number. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  random: () => Math.random(),
  after(delayMs: number, action: () => void): Timer {
    const timer = setTimeout(action, delayMs);
    timer.unref();
    return { cancel: () => clearTimeout(timer) };
  },
  every(periodMs: number, action: () => void): Timer {
    const timer = setInterval(action, periodMs);
    timer.unref();
    return { cancel: () => clearInterval(timer) };
  },
};
