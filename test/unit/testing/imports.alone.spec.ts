import { expect, it, vi } from 'vitest';

/** A module that nobody may load. */
const untouchable = vi.hoisted(() => (name: string) => () => {
  throw new Error(`${name} was loaded.`);
});

vi.mock('pg', untouchable('pg'));
vi.mock('ioredis', untouchable('ioredis'));
vi.mock('typeorm', untouchable('typeorm'));
vi.mock('prom-client', untouchable('prom-client'));

// Compiles all of the package: on a machine without a free core that takes its time.
it('F112 the test kit loads no driver of any store', { timeout: 120_000 }, async () => {
  const kit = await import('../../../lib/testing.js');
  expect(Object.keys(kit)).toContain('KyuTestingModule');
  await expect(import('../../../lib/index.js')).rejects.toThrow();
});
