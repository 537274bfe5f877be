import { expect, it, vi } from 'vitest';

/** A module that nobody may load. */
const untouchable = vi.hoisted(() => (name: string) => () => {
  throw new Error(`${name} was loaded.`);
});

vi.mock('pg', untouchable('pg'));
vi.mock('ioredis', untouchable('ioredis'));
vi.mock('typeorm', untouchable('typeorm'));
vi.mock('prom-client', untouchable('prom-client'));

it('F112 the test kit loads no driver of any store', async () => {
  const kit = await import('../../../lib/testing.js');
  expect(Object.keys(kit)).toContain('KyuTestingModule');
  await expect(import('../../../lib/index.js')).rejects.toThrow();
});
