import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nearestName } from '../../../lib/core/near-miss.js';

const NAMES = ['workers', 'queueName', 'maxRetries', 'maxAttempts', 'redis', 'metricsPort'];

describe('nearestName', () => {
  it.each([
    ['wrokers', 'workers'],
    ['worker', 'workers'],
    ['queuename', 'queueName'],
    ['maxRetrys', 'maxRetries'],
    ['max_retries', 'maxRetries'],
    ['maxRetry', 'maxRetries'],
    ['retries', 'maxRetries'],
    ['reids', 'redis'],
    ['metricPort', 'metricsPort'],
  ])('knows that %s means %s', (misspelt, meant) => {
    expect(nearestName(misspelt, NAMES)).toBe(meant);
  });

  it.each(['', 'colour', 'x', 'concurrency'])('has no guess for "%s"', (misspelt) => {
    expect(nearestName(misspelt, NAMES)).toBeUndefined();
  });

  it('prefers the closer of two', () => {
    expect(nearestName('min', ['max', 'mint', 'min'])).toBe('min');
  });

  it('finds every name again after one change to it', () => {
    const oneChange = fc.tuple(
      fc.constantFrom(...NAMES),
      fc.nat(),
      fc.constantFrom('drop', 'swap', 'double', 'replace'),
    );
    fc.assert(
      fc.property(oneChange, ([name, seed, change]) => {
        expect(nearestName(changed(name, seed % (name.length - 1), change), NAMES)).toBe(name);
      }),
    );
  });

  it('is not slow over a very long name', () => {
    expect(nearestName('w'.repeat(1_000_000), NAMES)).toBeUndefined();
  });
});

function changed(name: string, at: number, change: string): string {
  const [before, here, next, rest] = [
    name.slice(0, at),
    name.charAt(at),
    name.charAt(at + 1),
    name.slice(at + 2),
  ];
  if (change === 'drop') return before + next + rest;
  if (change === 'swap') return before + next + here + rest;
  if (change === 'double') return before + here + here + next + rest;
  return `${before}~${next}${rest}`;
}
