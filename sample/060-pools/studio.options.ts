import type { KyuModuleOptions } from 'nestjs-kyu';

/** What the workers of the studio are told; the application adds where its stores are. */
export const STUDIO_OPTIONS = {
  workers: { min: 2, max: 20, checkInterval: '1s', idleTimeout: '30s' },
  queueName: 'orders',
  queues: {
    orders: 6,
    // Rendering can wait, takes long, and is worth many attempts.
    renders: {
      weight: 1,
      defaults: { timeout: '30m', maxRetries: 6, backoff: { strategy: 'fixed', base: '1m', jitter: 0 } },
    },
  },
  aging: '10m',
  onUnknown: 'dead',
} satisfies KyuModuleOptions;
