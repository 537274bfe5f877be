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

const SCHEMA = 'kyu';

/**
 * A ledger in a database of its own, over one connection, whose statements are explained. Not in a schema beside those
 * of other tests: what VACUUM may call visible to all, which an index-only scan lives on, is for the oldest transaction
 * of the database to say.
 */
export class PlanLab {
  readonly book: StatementBook;
  private readonly prepared = new Set<string>();

  private constructor(
    private readonly client: Client,
    private readonly adminUrl: string,
    private readonly database: string,
  ) {
    this.book = new StatementBook(SCHEMA);
  }

  /** @param adminUrl any database of the cluster, from which another one can be made */
  static async open(adminUrl: string): Promise<PlanLab> {
    const database = `plans_${randomUUID().replaceAll('-', '')}`;
    await administer(adminUrl, `create database ${database}`);
    const lab = new PlanLab(await connectTo(adminUrl, database), adminUrl, database);
    for (const migration of LEDGER_MIGRATIONS) {
      for (const statement of migrationStatements(migration, 'up', SCHEMA)) await lab.run(statement);
    }
    // What the planner believes must stay as wrong as the test made it.
    for (const table of Object.values(lab.book.tables)) {
      await lab.run(`alter table ${table} set (autovacuum_enabled = false)`);
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
    return new PlanLab(await connectTo(this.adminUrl, this.database), this.adminUrl, this.database);
  }

  async close(): Promise<void> {
    await this.client.end();
  }

  async remove(): Promise<void> {
    await this.close();
    await administer(this.adminUrl, `drop database ${this.database} with (force)`);
  }

  private async call(template: StatementTemplate, values: readonly unknown[]): Promise<string> {
    const { name, text } = this.book.get(template);
    if (!this.prepared.has(name)) await this.client.query(`prepare "${name}" as ${text}`);
    this.prepared.add(name);
    const parameters = values.length === 0 ? '' : ` (${values.map(sqlLiteral).join(', ')})`;
    return `execute "${name}"${parameters}`;
  }
}

async function connectTo(adminUrl: string, database: string): Promise<Client> {
  const address = new URL(adminUrl);
  address.pathname = `/${database}`;
  const client = new Client({ connectionString: address.href });
  await client.connect();
  return client;
}

async function administer(adminUrl: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: adminUrl });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

function planOf(row: Record<string, unknown> | undefined): Plan {
  const [answer] = (row?.['QUERY PLAN'] ?? []) as { Plan: PlanNode }[];
  if (answer === undefined) throw new Error('EXPLAIN answered no plan.');
  return new Plan(answer.Plan);
}
