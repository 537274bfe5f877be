import { Module, type DynamicModule, type INestApplication, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { PackageMissingError } from '../core/dashboard-errors.js';
import { KyuModule } from '../kyu.module.js';
import type { KyuModuleOptions } from '../kyu.options.js';
import { KyuDashboardModule } from './dashboard.module.js';
import type { DashboardSettings } from './dashboard.options.js';

/** Where the dashboard is served, of what, and to whom. */
export interface ServeDashboardOptions extends DashboardSettings {
  /** Connection string of the ledger. */
  postgres: string;
  /** URL of Redis, or `false` where there is none. */
  redis: string | false;
  /** Schema of the ledger's tables. Default: as in `KyuModule`. */
  schema?: string;
  /** The queues that it shows. Default: the application's own. */
  queues?: readonly string[];
  /** The application whose schedules it shows. */
  queueName?: string;
  /** 0 = any that is free. Default 3000. */
  port?: number;
  /** Default `127.0.0.1`: this machine alone. */
  host?: string;
  /** Below the address. Default: at its root. */
  path?: string;
}

/** A dashboard that is served. */
export interface ServedDashboard {
  /** Where browsers find it. */
  readonly url: string;
  close(): Promise<void>;
}

const DEFAULT_PORT = 3_000;
const LOOPBACK = new Set(['127.0.0.1', 'localhost', '::1']);

/**
 * Serves the dashboard without an application around it, for `kyu dashboard`. On this machine alone everybody may use
 * it; on any other address the rule of `KyuDashboardModule` for production holds.
 * @throws PackageMissingError without @nestjs/platform-express
 * @throws DashboardOpenError on an address that others reach, when nothing keeps anybody out
 * @throws KyuConfigError
 * @throws LedgerUnavailableError
 * @example
 * const { url, close } = await serveDashboard({ postgres, redis: false, port: 0, readOnly: true });
 */
export async function serveDashboard(options: ServeDashboardOptions): Promise<ServedDashboard> {
  const {
    postgres,
    redis,
    schema,
    queues,
    queueName,
    port = DEFAULT_PORT,
    host = '127.0.0.1',
    ...rest
  } = options;
  const { path = '', ...settings } = rest;
  await refuseWithoutExpress();
  const kyu: KyuModuleOptions = {
    dsn: postgres,
    redis,
    role: 'producer',
    ...(schema === undefined ? {} : { schema }),
    ...(queueName === undefined ? {} : { queueName }),
    ...(queues === undefined ? {} : { queues: Object.fromEntries(queues.map((name) => [name, 1])) }),
  };
  const app = await NestFactory.create(rootModule(kyu, mount(settings, path, host)), {
    logger: ['error', 'warn'],
    abortOnError: false,
  });
  return listen(app, { port, host, path });
}

function mount(settings: DashboardSettings, path: string, host: string): DynamicModule {
  const isOpen = settings.access === undefined && LOOPBACK.has(host);
  const isLocked = settings.basicAuth !== undefined || settings.oauth !== undefined;
  const access = isOpen && !isLocked ? { access: 'open' as const } : {};
  return KyuDashboardModule.forRoot(
    { ...settings, ...access, path },
    LOOPBACK.has(host) ? undefined : 'production',
  );
}

async function listen(
  app: INestApplication,
  { port, host, path }: { port: number; host: string; path: string },
): Promise<ServedDashboard> {
  try {
    await app.listen(port, host);
    const url = `${(await app.getUrl()).replace(/\/+$/, '')}/${path.replaceAll(/^\/+|\/+$/g, '')}`;
    return { url: url.replace(/\/+$/, ''), close: () => app.close() };
  } catch (error) {
    await app.close();
    throw error;
  }
}

function rootModule(kyu: KyuModuleOptions, dashboard: DynamicModule): Type<unknown> {
  class KyuDashboardApp {}
  Module({ imports: [KyuModule.forRoot(kyu), dashboard] })(KyuDashboardApp);
  return KyuDashboardApp;
}

/** Nest would say so too, and end the process. */
async function refuseWithoutExpress(): Promise<void> {
  const name = '@nestjs/platform-express';
  try {
    await import(name);
  } catch (error) {
    throw new PackageMissingError('serveDashboard()', name, error);
  }
}
