import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { PLANNER_SETTINGS } from '../../../lib/ledger/planner-settings.js';
import { StatementBook, type StatementTemplate } from '../../../lib/ledger/statement.js';
import { LEDGER_MIGRATIONS, migrationStatements } from '../../../migrations/index.js';
import { Plan, type PlanNode } from './plan.js';
import { sqlLiteral } from './sql-literal.js';

/**
 * How a statement is planned: once, on a connection of Kyu's with named statements; or anew for each call, on one that
 * is like any other (`preparedStatements: false`, and every statement inside a caller's transaction).
 */
export type PlanMode = 'planned once' | 'planned at each call';

/** A ledger in a schema of its own, over one connection, whose statements are explained. */
export class PlanLab {
  readonly book: StatementBook;
  private readonly prepared = new Set<string>();

  private constructor(
    private readonly client: Client,
    private readonly databaseUrl: string,
    private readonly schema: string,
  ) {
    this.book = new StatementBook(schema);
  }

  static async open(databaseUrl: string): Promise<PlanLab> {
    const client = new Client({ connectionString: databaseUrl });
    await client.connect();
    const lab = new PlanLab(client, databaseUrl, `plans_${randomUUID().replaceAll('-', '')}`);
    for (const migration of LEDGER_MIGRATIONS) {
      for (const statement of migrationStatements(migration, 'up', lab.schema)) await client.query(statement);
    }
    // What the planner believes must stay as wrong as the test made it.
    for (const table of [lab.book.tables.jobs, lab.book.tables.attempts, lab.book.tables.workers]) {
      await client.query(`alter table ${table} set (autovacuum_enabled = false)`);
    }
    return lab;
  }

  async run(sql: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
    const { rows } = await this.client.query<Record<string, unknown>>(sql, values);
    return rows;
  }

  /** From here on statements are planned in this way; plans that were made before are forgotten. */
  async use(mode: PlanMode): Promise<void> {
    await this.client.query('deallocate all');
    this.prepared.clear();
    await this.client.query('reset all');
    await this.set(mode === 'planned once' ? PLANNER_SETTINGS : { plan_cache_mode: 'force_custom_plan' });
  }

  /** For plans that are yet to be made; those that were made before stay. */
  async set(settings: Readonly<Record<string, string>>): Promise<void> {
    for (const [name, value] of Object.entries(settings)) await this.client.query(`set ${name} = ${value}`);
  }

  /** Plans a statement without running it, as its first use on a connection does. */
  async plan(template: StatementTemplate, values: readonly unknown[]): Promise<void> {
    await this.run(`explain ${await this.call(template, values)}`);
  }

  /** Really runs a statement, and takes back what it did. */
  async explain(template: StatementTemplate, values: readonly unknown[]): Promise<Plan> {
    const call = await this.call(template, values);
    await this.client.query('begin');
    try {
      const [row] = await this.run(`explain (analyze, buffers, format json) ${call}`);
      return planOf(row);
    } finally {
      await this.client.query('rollback');
    }
  }

  /** Another connection to the same ledger, with plans of its own; `close` leaves the ledger alone. */
  async join(): Promise<PlanLab> {
    const client = new Client({ connectionString: this.databaseUrl });
    await client.connect();
    return new PlanLab(client, this.databaseUrl, this.schema);
  }

  async close(): Promise<void> {
    await this.client.end();
  }

  async remove(): Promise<void> {
    await this.client.query(`drop schema if exists "${this.schema}" cascade`);
    await this.close();
  }

  private async call(template: StatementTemplate, values: readonly unknown[]): Promise<string> {
    const { name, text } = this.book.get(template);
    if (!this.prepared.has(name)) await this.client.query(`prepare "${name}" as ${text}`);
    this.prepared.add(name);
    return `execute "${name}" (${values.map(sqlLiteral).join(', ')})`;
  }
}

function planOf(row: Record<string, unknown> | undefined): Plan {
  const [answer] = (row?.['QUERY PLAN'] ?? []) as { Plan: PlanNode }[];
  if (answer === undefined) throw new Error('EXPLAIN answered no plan.');
  return new Plan(answer.Plan);
}
