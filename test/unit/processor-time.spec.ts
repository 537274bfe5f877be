import { describe, expect, it } from 'vitest';
import { isDisturbed, parseProcessorTime, stolenShare } from '../support/processor-time.js';

//                                 user nice system idle iowait irq softirq steal guest guest_nice
const BEFORE = parseProcessorTime('cpu  100 10 50 1000 30 0 5 20 0 0\ncpu0 1 2 3 4 5 6 7 8 9 10');
const AFTER = parseProcessorTime('cpu  160 10 80 5000 90 0 5 30 0 0\ncpu0 1 2 3 4 5 6 7 8 9 10');

describe('the time of the processors', () => {
  it('says which share of what was wanted went to others, however idle the machine was', () => {
    expect(stolenShare(BEFORE, AFTER)).toBeCloseTo(0.1);
    expect(stolenShare(BEFORE, BEFORE)).toBe(0);
  });

  it('counts as disturbed when more than a tenth went to others', () => {
    expect([0, 0.1, 0.11].map(isDisturbed)).toEqual([false, false, true]);
  });
});
