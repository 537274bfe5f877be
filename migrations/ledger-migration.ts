/**
 * One numbered change of the ledger's schema, as plain SQL that can be printed without a database.
 * `schema` arrives already quoted. A migration that has shipped is never edited.
 */
export interface LedgerMigration {
  /** 1, 2, 3, …: the schema version that it leads to. */
  readonly version: number;
  /** Ends in 13 digits, which is how TypeORM orders an application's migrations and Kyu's among each other. */
  readonly name: string;
  /** The oldest schema version whose releases work on the schema that this one leads to: they run beside newer ones. */
  readonly worksFrom: number;
  up(schema: string): readonly string[];
  down(schema: string): readonly string[];
}
