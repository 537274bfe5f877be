import { describe, expect, it } from 'vitest';
import { bestMatch, isTypeOrPattern, isTypePattern } from '../../../lib/core/type-pattern.js';

describe('a pattern of job types', () => {
  it.each(['task:*', 'task:report:*', 'a*'])('F20 %s is one', (pattern) => {
    expect(isTypePattern(pattern)).toBe(true);
  });

  it.each(['*', 'task', 'task:**', 'task:*:report', '*task', ' task*', '', undefined, 7])(
    'F20 %s is none',
    (value) => {
      expect(isTypePattern(value)).toBe(false);
    },
  );

  it('F20 is allowed where a name is', () => {
    expect(['task', 'task:*', 'task *'].map((value) => isTypeOrPattern(value))).toEqual([true, true, false]);
  });
});

describe('what belongs to a job type', () => {
  const entries = new Map([
    ['task:report:daily', 'exact'],
    ['task:*', 'short'],
    ['task:report:*', 'long'],
    ['task:report:d*', 'longest'],
  ]);

  it.each([
    ['task:report:daily', 'exact'],
    ['task:report:dawn', 'longest'],
    ['task:report:monthly', 'long'],
    ['task:report:', 'long'],
    ['task:mail', 'short'],
    ['other', undefined],
    ['task', undefined],
  ])('F20 of %s is %s: the exact entry, else the longest prefix', (type, expected) => {
    expect(bestMatch(entries, type)).toBe(expected);
  });
});
