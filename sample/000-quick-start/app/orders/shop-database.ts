import type { TypeOrmModuleOptions } from '@nestjs/typeorm';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { CreateShopOrders1763800000000 } from './create-shop-orders.migration.js';

/** Any number will do, as long as no other part of the database uses it for something else. */
const MIGRATION_LOCK = 7_463_001;

/** How every process of the shop reaches PostgreSQL. */
export function shopDatabaseOptions(databaseUrl: string): TypeOrmModuleOptions {
  return {
    type: 'postgres',
    url: databaseUrl,
    applicationName: 'shop desk',
    autoLoadEntities: true,
    synchronize: false,
    migrations: [CreateShopOrders1763800000000],
    migrationsTableName: 'shop_migrations',
  };
}

/** Connects and brings the shop's own tables up to date. */
export async function openShopDatabase(options?: DataSourceOptions): Promise<DataSource> {
  if (!options) throw new Error('The shop desk needs the options of its database.');
  const dataSource = await new DataSource(options).initialize();
  try {
    await migrateOneAtATime(dataSource);
    return dataSource;
  } catch (error) {
    // Nest tries again; the connections of this try must not stay behind.
    await dataSource.destroy();
    throw error;
  }
}

// The API and the workers start at the same moment: without the lock two of them would create the same table.
async function migrateOneAtATime(dataSource: DataSource): Promise<void> {
  await dataSource.transaction(async (manager) => {
    await manager.query('select pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
    await dataSource.runMigrations();
  });
}
