import { describe, expect, it } from 'vitest';
import { RestartPolicy } from '../../../lib/cli/work/restart-policy.js';

describe('the restart of a process', () => {
  it('is at once after a first death, then later and later, never more than half a minute', () => {
    const policy = new RestartPolicy();
    const delays = Array.from({ length: 9 }, () => policy.delayAfter(1_000));
    expect(delays).toEqual([0, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
  });

  it('is at once again after one that lived for half a minute', () => {
    const policy = new RestartPolicy();
    for (let death = 0; death < 5; death += 1) policy.delayAfter(10);
    expect(policy.delayAfter(30_000)).toBe(0);
    expect(policy.delayAfter(10)).toBe(500);
  });
});
