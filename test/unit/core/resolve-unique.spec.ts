import { describe, expect, it } from 'vitest';
import { resolveUnique } from '../../../lib/core/resolve-unique.js';

const OWNER = { app: 'app', queue: 'shop', type: 'sync', payload: '{"a":1}' };

describe('the lifetime of a key', () => {
  it.each([
    ['finished', { keeps: false, expiresAfterMs: null }],
    ['deleted', { keeps: true, expiresAfterMs: null }],
    ['10m', { keeps: true, expiresAfterMs: 600_000 }],
  ])('F15 until %s', (until, lifetime) => {
    expect(resolveUnique({ key: 'k', until }, OWNER)).toMatchObject(lifetime);
  });

  it('F15 ends with the job where nothing is said', () => {
    expect(resolveUnique({ key: 'k' }, OWNER)).toEqual({
      key: 'type/shop/sync/=k',
      keeps: false,
      expiresAfterMs: null,
      onConflict: 'skip',
    });
  });
});
