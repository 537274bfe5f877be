import { resolveModuleOptions, type KyuModuleOptions } from './kyu.options.js';
import { LedgerConnection } from './ledger/ledger-connection.js';
import { printMigrations, SchemaMigrator, type SchemaState } from './ledger/schema-migrator.js';

/** The schema of the ledger, whatever version it has: for whoever migrates it. */
export class KyuSchema {
  private readonly connection: LedgerConnection;
  private readonly migrator: SchemaMigrator;

  /** @throws KyuConfigError when the options cannot be used */
  constructor(options: KyuModuleOptions) {
    const resolved = resolveModuleOptions(options);
    this.connection = new LedgerConnection(resolved.target, resolved);
    this.migrator = new SchemaMigrator(this.connection, resolved.schema);
    this.name = resolved.schema;
  }

  readonly name: string;

  /** @throws LedgerUnavailableError when PostgreSQL does not answer */
  open(): Promise<void> {
    return this.connection.open();
  }

  close(): Promise<void> {
    return this.connection.close();
  }

  state(): Promise<SchemaState> {
    return this.migrator.state();
  }

  up(): Promise<string[]> {
    return this.migrator.up();
  }

  down(toVersion: number): Promise<string[]> {
    return this.migrator.down(toVersion);
  }

  /** The SQL from one version to another. */
  plan(fromVersion: number, toVersion: number): string {
    return printMigrations(this.name, fromVersion, toVersion);
  }
}
