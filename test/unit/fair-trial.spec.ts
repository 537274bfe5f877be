import { afterEach, describe, expect, it } from 'vitest';
import { beginTrial, pace, paced } from '../support/fair-trial.js';

describe('a trial of a fault test', () => {
  afterEach(() => beginTrial(0));

  it('goes at full pace at first, and slower each time it is run again', () => {
    expect(pace()).toBe(1);
    beginTrial(1);
    expect(paced(1_500)).toBe(3_000);
    beginTrial(2);
    expect(paced(1_500)).toBe(4_500);
  });
});
