import { describe, expect, it } from 'vitest';
import { attemptOf, fenceOf } from '../../../lib/core/claim.js';

describe('a claim', () => {
  it.each([
    [0, 1],
    [1, 2],
    [7, 8],
  ])('with %i used retries is attempt %i', (retryCount, attempt) => {
    expect(attemptOf({ retryCount })).toBe(attempt);
  });

  it('has a fence that differs for every run of a job, and for every job', () => {
    const fences = ['a', 'b'].flatMap((id) => [1, 2, 11].map((run) => fenceOf({ id, run })));
    expect(fences[0]).toBe('a:1');
    expect(new Set(fences).size).toBe(6);
  });
});
