import { describe, expect, it } from 'vitest';
import type { KyuOptions } from '../../../lib/core/options.js';
import { resolveOptions } from '../../../lib/core/resolve-options.js';

const workersOf = (workers: unknown) => resolveOptions({ workers } as KyuOptions);

describe('workers', () => {
  it('F22 is a number', () => {
    expect(workersOf(20)).toMatchObject({ workers: 20, scaling: null });
    expect(workersOf('20')).toMatchObject({ workers: 20, scaling: null });
    expect(workersOf(undefined)).toMatchObject({ workers: 5, scaling: null });
  });

  it('F23 or the bounds of a pool that follows its work', () => {
    const scaling = { min: 3, max: 50, threshold: 1.5, idleTimeoutMs: 60_000, checkIntervalMs: 1_000 };
    const given = { min: 3, max: 50, threshold: 1.5, idleTimeout: '1m', checkInterval: '1s' };
    expect(workersOf(given)).toMatchObject({ workers: 50, scaling });
    const defaults = { min: 2, max: 8, threshold: 2, idleTimeoutMs: 30_000, checkIntervalMs: 5_000 };
    expect(workersOf({ max: 8 })).toMatchObject({ workers: 8, scaling: defaults });
    expect(workersOf({ max: 1 })).toMatchObject({ workers: 1, scaling: { min: 1 } });
  });

  it('F23 every mistake is named', () => {
    expect(() => workersOf({ min: 9, max: 8, treshold: 2 })).toThrow(
      /workers\.treshold[\s\S]*did you mean "threshold"[\s\S]*workers\.min: got 9, allowed: at most workers\.max, which is 8/,
    );
    expect(() => workersOf({ min: 2 })).toThrow(/workers\.max: got undefined/);
  });
});
