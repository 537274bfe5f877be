import { describe, expect, it, vi } from 'vitest';
import { Batcher } from '../../../lib/core/batcher.js';
import { VirtualClock } from '../../../lib/testing/virtual-clock.js';

describe('F114 VirtualClock', () => {
  it('stands at a fixed instant, or at the one it was given', () => {
    expect(new VirtualClock().now()).toEqual(new Date('2026-01-01T00:00:00Z'));
    const start = new Date('2027-03-01T08:00:00Z');
    for (const given of [start, start.getTime(), start.toISOString()]) {
      expect(new VirtualClock(given).nowMs()).toBe(start.getTime());
    }
    expect(() => new VirtualClock('soon')).toThrow(new RangeError('"soon" is no instant.'));
  });

  it('moves only when it is told to, both clocks alike', async () => {
    const clock = new VirtualClock();
    const before = clock.nowMs();
    await clock.advanceBy('1m30s');
    expect(clock.nowMs() - before).toBe(90_000);
    expect(clock.monotonicMs()).toBe(90_000);
    expect(clock.random()).toBe(0.5);
  });

  it('fires timers at their instants, in order, those of the same instant as they were set', async () => {
    const clock = new VirtualClock();
    const fired: string[] = [];
    const note = (name: string) => () => void fired.push(`${name} at ${clock.monotonicMs()}`);
    clock.after(30, note('late'));
    clock.every(20, note('every'));
    clock.after(20, note('twin'));
    clock.after(10, note('early'));
    await clock.advanceBy(40);
    expect(fired).toEqual(['early at 10', 'every at 20', 'twin at 20', 'late at 30', 'every at 40']);
  });

  it('fires what is due exactly at the end, and nothing after it', async () => {
    const clock = new VirtualClock();
    const fired = vi.fn();
    clock.after(1_000, fired);
    await clock.advanceBy(999);
    expect(fired).not.toHaveBeenCalled();
    expect(clock.nextTimerInMs).toBe(1);
    await clock.advanceBy(1);
    expect(fired).toHaveBeenCalledOnce();
    expect(clock.nextTimerInMs).toBeUndefined();
  });

  it('lets promises run between two instants, so that they can set further timers', async () => {
    const clock = new VirtualClock();
    const pause = (ms: number) => new Promise<void>((resolve) => clock.after(ms, resolve));
    const instants: number[] = [];
    const walk = async (): Promise<void> => {
      for (const ms of [100, 200, 300]) {
        await pause(ms);
        instants.push(clock.monotonicMs());
      }
    };
    const walked = walk();
    await clock.advanceBy(600);
    await walked;
    expect(instants).toEqual([100, 300, 600]);
  });

  it('leaves a batcher its turn of the event loop', async () => {
    const clock = new VirtualClock();
    const flushed: [number, number][] = [];
    const batcher = new Batcher<number>({
      flush: async (items) => void flushed.push([items.length, clock.monotonicMs()]),
      maxSize: 10,
      maxInFlight: 1,
    });
    clock.after(5, () => batcher.push(1));
    clock.after(5, () => batcher.push(2));
    clock.after(6, () => batcher.push(3));
    await clock.advanceBy(10);
    expect(flushed).toEqual([
      [2, 5],
      [1, 6],
    ]);
  });

  it('does not fire what was cancelled, not even from within another timer', async () => {
    const clock = new VirtualClock();
    const fired = vi.fn();
    const once = clock.after(20, fired);
    const repeated = clock.every(5, fired);
    clock.after(12, () => {
      once.cancel();
      repeated.cancel();
    });
    await clock.advanceBy('1h');
    expect(fired).toHaveBeenCalledTimes(2);
    once.cancel();
  });

  it('takes "at once" for the next millisecond, so that it always moves on', async () => {
    const clock = new VirtualClock();
    let turns = 0;
    const again = (): void => {
      turns += 1;
      clock.after(0, again);
    };
    clock.after(-5, again);
    clock.every(0.2, () => {});
    await clock.advanceBy(10);
    expect(turns).toBe(10);
  });

  it('refuses to go back, and what is no duration', async () => {
    const clock = new VirtualClock();
    await expect(clock.advanceBy(-1)).rejects.toThrow(RangeError);
    await expect(clock.advanceBy('later')).rejects.toThrow('"later" is no duration');
    expect(clock.monotonicMs()).toBe(0);
  });
});
