import type { ClientBase } from 'pg';
import type { DataSource, DataSourceOptions } from 'typeorm';
import type { ResolvedOptions } from '../core/options.js';
import { kyuEntities } from './entities/index.js';

/** How Kyu's connections are made. */
export type ConnectionOptions = Pick<ResolvedOptions, 'name' | 'schema' | 'pool' | 'preparedStatements'> &
  Partial<Pick<ResolvedOptions, 'listenDsn'>>;

/** Where Kyu's connections lead. */
export type LedgerTarget = { readonly dsn: string } | { readonly dataSource: DataSource };

/** The application's options, with the engine's own pool, and nothing that would touch the application's tables. */
export function ownOptions(
  target: LedgerTarget,
  options: ConnectionOptions,
  setUp: (client: ClientBase) => Promise<void>,
): DataSourceOptions {
  const base = 'dsn' in target ? { type: 'postgres' as const, url: target.dsn } : target.dataSource.options;
  const extra = (base as { extra?: object }).extra ?? {};
  return {
    ...base,
    entities: kyuEntities(options.schema),
    migrations: [],
    subscribers: [],
    synchronize: false,
    migrationsRun: false,
    dropSchema: false,
    logging: false,
    cache: false,
    installExtensions: false,
    applicationName: applicationName(options.name),
    connectTimeoutMS: 5_000,
    extra: {
      ...extra,
      max: options.pool.maxOpen,
      // node-postgres closes idle connections above this number and keeps the others.
      min: options.pool.maxIdle,
      maxLifetimeSeconds: Math.ceil(options.pool.maxLifetimeMs / 1_000),
      keepAlive: true,
      ...(options.preparedStatements ? { onConnect: setUp } : {}),
    },
  } as DataSourceOptions;
}

export function applicationName(instance: string): string {
  return `kyu:${instance}`;
}
