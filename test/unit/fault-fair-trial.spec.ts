import { afterEach, describe, expect, it } from 'vitest';
import { beginTrial, pace, paced, parseProcessorTime, stolenShare } from '../support/fault/fair-trial.js';

//                                 user nice system idle iowait irq softirq steal guest guest_nice
const BEFORE = parseProcessorTime('cpu  100 10 50 1000 30 0 5 20 0 0\ncpu0 1 2 3 4 5 6 7 8 9 10');
const AFTER = parseProcessorTime('cpu  160 10 80 5000 90 0 5 30 0 0\ncpu0 1 2 3 4 5 6 7 8 9 10');

describe('a trial of a fault test', () => {
  afterEach(() => beginTrial(0));

  it('knows which share of the time that was wanted went to others, however idle the machine was', () => {
    expect(stolenShare(BEFORE, AFTER)).toBeCloseTo(0.1);
    expect(stolenShare(BEFORE, BEFORE)).toBe(0);
  });

  it('goes at full pace at first, and slower each time it is run again', () => {
    expect(pace()).toBe(1);
    beginTrial(1);
    expect(paced(1_500)).toBe(3_000);
    beginTrial(2);
    expect(paced(1_500)).toBe(4_500);
  });
});
