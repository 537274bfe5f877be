import { describe, expect, it } from 'vitest';
import { DEFAULT_DSN, DEFAULT_REDIS, OPTION_DEFAULTS } from '../../../lib/core/option-defaults.js';

describe('the defaults', () => {
  it('are those that the seeds promise', () => {
    expect(OPTION_DEFAULTS).toMatchObject({
      workers: 5,
      queueName: 'kyu:default',
      metricsPort: 0,
      staleJobTimeoutMs: 600_000,
      pool: { maxOpen: 25, maxIdle: 25, maxLifetimeMs: 300_000 },
      runOnce: false,
      maxRetries: 3,
      timeoutMs: 30_000,
    });
    expect(DEFAULT_DSN).toContain('localhost:5432');
    expect(DEFAULT_REDIS).toContain('localhost:6379');
  });

  it('leave room for three beats in a lease', () => {
    expect(OPTION_DEFAULTS.leaseMs).toBeGreaterThanOrEqual(3 * OPTION_DEFAULTS.beatMs);
  });
});
