import type { Settings } from '../app/settings.js';
import type { OutsideWorld } from './outside-world.js';
import type { Stores } from './stores.js';

/** What every process of the shop is told. */
export interface ShopSurroundings {
  stores: Stores;
  outside: OutsideWorld;
  folder: string;
}

/** What only one of them is told. */
export type OwnSettings = Partial<Record<keyof Settings, string>>;

/** The environment of one process of the shop: the sample is configured as it would be in production. */
export function shopEnvironment(surroundings: ShopSurroundings, own: OwnSettings): NodeJS.ProcessEnv {
  const { stores, outside, folder } = surroundings;
  // Whoever runs the demo may have it in the environment, and it would make the workers idle.
  const { KYU_ROLE: _ignored, ...inherited } = process.env;
  const shared: OwnSettings = {
    DATABASE_URL: stores.databaseUrl,
    REDIS_URL: stores.redisUrl ?? '',
    SMTP_URL: outside.mail.url,
    PAYMENTS_URL: outside.payments.url,
    REPORT_FOLDER: folder,
    HOST: '127.0.0.1',
  };
  // The output goes to files; the dashboard is open, on loopback, where this is nobody's production.
  return { ...inherited, NO_COLOR: '1', NODE_ENV: 'development', ...shared, METRICS_PORT: '0', ...own };
}
