import { describe, expect, it } from 'vitest';
import { LONGEST_DURATION_MS } from '../../../lib/core/duration.js';
import { systemClock } from '../../../lib/core/system-clock.js';

function fired(delayMs: number): Promise<void> {
  const { promise, resolve } = withResolve();
  systemClock.after(delayMs, resolve);
  // The clock's own timers do not keep the process alive; this one does while the test waits.
  const alive = setTimeout(() => {}, 60_000);
  return promise.finally(() => clearTimeout(alive));
}

function withResolve(): { promise: Promise<void>; resolve: () => void } {
  let resolve: () => void = () => {};
  const promise = new Promise<void>((settle) => (resolve = settle));
  return { promise, resolve };
}

describe('the system clock', () => {
  it('tells the wall time and a time that never steps back', () => {
    expect(Math.abs(systemClock.nowMs() - Date.now())).toBeLessThan(1_000);
    const first = systemClock.monotonicMs();
    expect(systemClock.monotonicMs()).toBeGreaterThanOrEqual(first);
  });

  it('draws numbers in [0, 1)', () => {
    const numbers = Array.from({ length: 1_000 }, () => systemClock.random());
    expect(numbers.every((number) => number >= 0 && number < 1)).toBe(true);
    expect(new Set(numbers).size).toBeGreaterThan(900);
  });

  it('runs an action once, and not after it was called off', async () => {
    let early = 0;
    const called = systemClock.after(1, () => (early += 1));
    called.cancel();
    called.cancel();
    await fired(5);
    expect(early).toBe(0);
  });

  it('runs an action again and again until it is called off', async () => {
    const { promise, resolve } = withResolve();
    let times = 0;
    const timer = systemClock.every(1, () => {
      times += 1;
      if (times === 3) resolve();
    });
    // Keeps the process alive, as above.
    const alive = setTimeout(() => {}, 60_000);
    await promise;
    timer.cancel();
    clearTimeout(alive);
    await fired(5);
    expect(times).toBe(3);
  });

  it('does not fire at once when the delay is longer than a timer can be', async () => {
    let early = 0;
    const timers = [
      systemClock.after(LONGEST_DURATION_MS, () => (early += 1)),
      systemClock.every(LONGEST_DURATION_MS, () => (early += 1)),
    ];
    await fired(20);
    for (const timer of timers) timer.cancel();
    expect(early).toBe(0);
  });
});
