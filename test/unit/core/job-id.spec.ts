import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isJobId, JobIdSource } from '../../../lib/core/job-id.js';

const VERSION_7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const NOW = Date.UTC(2026, 0, 1);

function take(source: JobIdSource, count: number): string[] {
  return Array.from({ length: count }, () => source.next());
}

describe('JobIdSource', () => {
  it('makes UUIDs of version 7 that begin with the time', () => {
    const id = new JobIdSource(() => NOW).next();
    expect(id).toMatch(VERSION_7);
    expect(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)).toBe(NOW);
  });

  it('makes 100,000 different ids that sort as they were made, while the clock stands still', () => {
    const ids = take(new JobIdSource(() => NOW), 100_000);
    expect(new Set(ids).size).toBe(100_000);
    expect(ids.toSorted()).toEqual(ids);
    expect(ids.every((id) => VERSION_7.test(id))).toBe(true);
  });

  it('keeps the order when the clock steps back', () => {
    let now = NOW;
    const source = new JobIdSource(() => now);
    const before = take(source, 3);
    now -= 3_600_000;
    const after = take(source, 5_000);
    now = NOW + 1;
    const ids = [...before, ...after, source.next()];
    expect(ids.toSorted()).toEqual(ids);
  });

  it('keeps the order under any clock', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 2 ** 42 }), { minLength: 2, maxLength: 200 }),
        (times) => {
          let at = 0;
          const ids = take(new JobIdSource(() => times[at++ % times.length] ?? 0), 300);
          expect(ids.toSorted()).toEqual(ids);
          expect(ids.every((id) => VERSION_7.test(id))).toBe(true);
        },
      ),
    );
  });

  it('makes different ids in two processes at the same instant', () => {
    const ids = [...take(new JobIdSource(() => NOW), 1_000), ...take(new JobIdSource(() => NOW), 1_000)];
    expect(new Set(ids).size).toBe(2_000);
  });
});

describe('isJobId', () => {
  it('takes any UUID', () => {
    expect(isJobId(new JobIdSource(() => NOW).next())).toBe(true);
    expect(isJobId('6F1C2F0E-5B1C-4B52-9D54-0C6A4D8F2A11')).toBe(true);
  });

  it.each([
    '',
    'x',
    '6f1c2f0e5b1c4b529d540c6a4d8f2a11',
    '6f1c2f0e-5b1c-4b52-9d54-0c6a4d8f2a1g',
    5,
    null,
    undefined,
  ])('refuses %o', (value) => {
    expect(isJobId(value)).toBe(false);
  });

  it('refuses an id with a line break behind it', () => {
    expect(isJobId('6f1c2f0e-5b1c-4b52-9d54-0c6a4d8f2a11\n')).toBe(false);
  });
});
