import type { QueryRunner } from 'typeorm';
import { LEDGER_MIGRATIONS, LEDGER_VERSION, migrationStatements } from '../../migrations/index.js';
import { KyuSchemaVersionError } from '../core/errors.js';
import type { LedgerConnection } from './ledger-connection.js';

/** Any number will do, as long as every Kyu process takes the same: ASCII for "kyu". */
const MIGRATION_LOCK = 7_043_445;

/** Where a schema stands. */
export interface SchemaState {
  /** 0 = there is none. */
  readonly version: number;
  readonly needed: number;
  /** The oldest version whose releases work on this schema, as the newest of them knows. */
  readonly worksFrom: number;
}

/**
 * Brings the ledger's schema up to date, down, or says how it stands. Everything happens in one transaction under an
 * advisory lock of that transaction, so ten processes may start at once, behind a transaction pooler as well, and a
 * migrator that is killed half-way leaves the old schema.
 */
export class SchemaMigrator {
  constructor(
    private readonly connection: LedgerConnection,
    private readonly schema: string,
  ) {}

  async state(): Promise<SchemaState> {
    const runner = this.connection.dataSource.createQueryRunner();
    try {
      return await this.stateOf(runner);
    } finally {
      await runner.release();
    }
  }

  /**
   * A newer schema is no obstacle while it says that this release works on it: in a rolling deployment processes of
   * two releases run side by side, and either may be started again.
   * @throws KyuSchemaVersionError when the schema is missing, older than this release needs, or too new for it.
   */
  async check(): Promise<void> {
    refuseUnusable(this.schema, await this.state());
  }

  /** Returns the names of the migrations that ran. */
  async up(): Promise<string[]> {
    return this.locked(async (runner) => {
      const state = await this.stateOf(runner);
      const { version } = state;
      if (version > LEDGER_VERSION) refuseUnusable(this.schema, state);
      const missing = LEDGER_MIGRATIONS.filter((migration) => migration.version > version);
      for (const migration of missing)
        await runAll(runner, migrationStatements(migration, 'up', this.schema));
      return missing.map((migration) => migration.name);
    });
  }

  /** Takes the schema back to a version; 0 removes every table. Returns the names of the migrations undone. */
  async down(toVersion: number): Promise<string[]> {
    return this.locked(async (runner) => {
      const { version } = await this.stateOf(runner);
      const undone = LEDGER_MIGRATIONS.filter(
        (migration) => migration.version > toVersion && migration.version <= version,
      ).reverse();
      for (const migration of undone)
        await runAll(runner, migrationStatements(migration, 'down', this.schema));
      return undone.map((migration) => migration.name);
    });
  }

  private async locked<Result>(work: (runner: QueryRunner) => Promise<Result>): Promise<Result> {
    const runner = this.connection.dataSource.createQueryRunner();
    try {
      await runner.startTransaction('READ COMMITTED');
      await runner.query('select pg_advisory_xact_lock($1, hashtext($2))', [MIGRATION_LOCK, this.schema]);
      const result = await work(runner);
      await runner.commitTransaction();
      return result;
    } catch (error) {
      if (runner.isTransactionActive) await runner.rollbackTransaction();
      throw error;
    } finally {
      await runner.release();
    }
  }

  private async stateOf(runner: QueryRunner): Promise<SchemaState> {
    const { versions } = this.connection.book.tables;
    const [found] = (await runner.query('select to_regclass($1) is not null as exists', [versions])) as {
      exists: boolean;
    }[];
    if (found?.exists !== true) return { version: 0, needed: LEDGER_VERSION, worksFrom: 0 };
    // By way of JSON: the table of an early ledger has no such column, and such a schema promises nothing.
    const [row] = (await runner.query(
      `select coalesce(max(version), 0) as version,
         coalesce(max(coalesce((to_jsonb(applied) ->> 'works_from')::integer, version)), 0) as "worksFrom"
       from ${versions} applied`,
    )) as { version: number; worksFrom: number }[];
    return { needed: LEDGER_VERSION, version: row?.version ?? 0, worksFrom: row?.worksFrom ?? 0 };
  }
}

/** The SQL that leads from one version to another, for people who run migrations by hand. */
export function printMigrations(schema: string, fromVersion = 0, toVersion = LEDGER_VERSION): string {
  const upwards = toVersion >= fromVersion;
  const steps = upwards
    ? LEDGER_MIGRATIONS.filter(({ version }) => version > fromVersion && version <= toVersion)
    : LEDGER_MIGRATIONS.filter(({ version }) => version > toVersion && version <= fromVersion).reverse();
  const direction = upwards ? 'up' : 'down';
  const statements = steps.flatMap((step) => migrationStatements(step, direction, schema));
  return ['begin;', ...statements.map((statement) => `${statement};`), 'commit;', ''].join('\n\n');
}

async function runAll(runner: QueryRunner, statements: readonly string[]): Promise<void> {
  for (const statement of statements) await runner.query(statement);
}

function refuseUnusable(schema: string, { needed, version, worksFrom }: SchemaState): void {
  if (version === needed || (version > needed && worksFrom <= needed)) return;
  if (version === 0) {
    throw new KyuSchemaVersionError(
      `The ledger's tables are missing in schema "${schema}".`,
      "Start once with migrationsRun: true, or run Kyu's migrations with yours: migrations: [...kyuMigrations()].",
    );
  }
  if (version < needed) {
    throw new KyuSchemaVersionError(
      `The ledger in schema "${schema}" has version ${version}, and this release of Kyu needs version ${needed}.`,
      "Start once with migrationsRun: true, or run Kyu's migrations with yours: migrations: [...kyuMigrations()].",
    );
  }
  throw new KyuSchemaVersionError(
    `The ledger in schema "${schema}" has version ${version}, newer than version ${needed} that this release of Kyu knows.`,
    'Upgrade nestjs-kyu in this application; the newer schema is left as it is.',
  );
}
