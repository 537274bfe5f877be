import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createLedger } from './1763769600000-create-ledger.js';
import { addFeatures } from './1763942400000-add-features.js';
import { operateLedger } from './1764115200000-operate-ledger.js';
import type { LedgerMigration } from './ledger-migration.js';

export type { LedgerMigration } from './ledger-migration.js';

/** Every migration, in order. Only ever appended to. */
export const LEDGER_MIGRATIONS: readonly LedgerMigration[] = [createLedger, addFeatures, operateLedger];

/** The schema version that this release of Kyu works with. */
export const LEDGER_VERSION = LEDGER_MIGRATIONS.length;

/** The statements that one step of one migration consists of, its bookkeeping included. */
export function migrationStatements(
  migration: LedgerMigration,
  direction: 'up' | 'down',
  schema: string,
): readonly string[] {
  const quoted = `"${schema}"`;
  const versions = `${quoted}.kyu_schema_versions`;
  if (direction === 'down') {
    return [...migration.down(quoted), `delete from ${versions} where version = ${migration.version}`];
  }
  return [
    `create schema if not exists ${quoted}`,
    `create table if not exists ${versions} (
  version    integer     not null primary key,
  name       text        not null,
  applied_at timestamptz not null default now(),
  works_from integer
)`,
    // A ledger of an earlier release has the table without it.
    `alter table ${versions} add column if not exists works_from integer`,
    ...migration.up(quoted),
    `insert into ${versions} (version, name, works_from)
values (${migration.version}, '${migration.name}', ${migration.worksFrom})`,
  ];
}

/**
 * Kyu's migrations as TypeORM classes, for applications that run all migrations through their own `DataSource`:
 * `migrations: [...kyuMigrations(), MyMigration1]`. Running them where Kyu has run them already does nothing.
 */
export function kyuMigrations(schema = 'kyu'): (new () => MigrationInterface)[] {
  return LEDGER_MIGRATIONS.map((migration) => toTypeOrm(migration, schema));
}

function toTypeOrm(migration: LedgerMigration, schema: string): new () => MigrationInterface {
  return class implements MigrationInterface {
    readonly name = migration.name;

    async up(queryRunner: QueryRunner): Promise<void> {
      if (await isApplied(queryRunner, migration, schema)) return;
      await runAll(queryRunner, migrationStatements(migration, 'up', schema));
    }

    async down(queryRunner: QueryRunner): Promise<void> {
      if (!(await isApplied(queryRunner, migration, schema))) return;
      await runAll(queryRunner, migrationStatements(migration, 'down', schema));
    }
  };
}

async function isApplied(
  queryRunner: QueryRunner,
  migration: LedgerMigration,
  schema: string,
): Promise<boolean> {
  const versions = `"${schema}".kyu_schema_versions`;
  const [found] = (await queryRunner.query('select to_regclass($1) is not null as exists', [versions])) as {
    exists: boolean;
  }[];
  if (found?.exists !== true) return false;
  const rows = (await queryRunner.query(`select 1 from ${versions} where version = $1`, [
    migration.version,
  ])) as unknown[];
  return rows.length > 0;
}

async function runAll(queryRunner: QueryRunner, statements: readonly string[]): Promise<void> {
  for (const statement of statements) await queryRunner.query(statement);
}
