import { randomBytes } from 'node:crypto';
import { DataSource, type EntityManager } from 'typeorm';
import { inject } from 'vitest';
import type { OperatorDoors } from '../../../lib/core/ports/operator-doors.js';
import { PostgresJobIntake } from '../../../lib/ledger/job-intake.js';
import { PostgresJobOutcomes } from '../../../lib/ledger/job-outcomes.js';
import { LedgerConnection } from '../../../lib/ledger/ledger-connection.js';
import { PostgresLedgerInspection } from '../../../lib/ledger/ledger-inspection.js';
import { PostgresLedgerReadings } from '../../../lib/ledger/ledger-readings.js';
import { PostgresLedgerRetention } from '../../../lib/ledger/ledger-retention.js';
import { PostgresLedgerUpkeep } from '../../../lib/ledger/ledger-upkeep.js';
import { PostgresOpenRuns } from '../../../lib/ledger/open-runs.js';
import { operatorDoors } from '../../../lib/ledger/operator-doors.js';
import { PostgresScheduleLedger } from '../../../lib/ledger/postgres-schedule-ledger.js';
import { PostgresRunLedger } from '../../../lib/ledger/run-ledger.js';
import { SchemaMigrator } from '../../../lib/ledger/schema-migrator.js';
import { PostgresWorkerRegistry } from '../../../lib/ledger/worker-registry.js';
import { startPgBouncer } from '../stores/start-pgbouncer.js';
import type { LedgerSubject, OpenTransaction } from './ledger-subject.js';

/** A ledger on the PostgreSQL of this test run, in a schema of its own, with everything that a test may look at. */
export interface PostgresSubject extends LedgerSubject<EntityManager> {
  readonly schema: string;
  readonly connection: LedgerConnection;
  /** The application's own, apart from Kyu's connections. */
  readonly dataSource: DataSource;
}

/** Opens a ledger in a new schema; `close` drops it. */
export function openLedger(): Promise<PostgresSubject> {
  return openLedgerAt(inject('databaseUrl'));
}

/** The same behind a PgBouncer in transaction mode, which ends with the ledger; the application's connections too. */
export async function openPooledLedger(): Promise<PostgresSubject> {
  const pooler = await startPgBouncer(inject('databaseUrl'), { say: console.log });
  const subject = await openLedgerAt(pooler.url);
  const close = subject.close.bind(subject);
  return Object.assign(subject, { close: () => close().finally(() => pooler.remove()) });
}

async function openLedgerAt(url: string): Promise<PostgresSubject> {
  const schema = `test_${randomBytes(6).toString('hex')}`;
  const connection = new LedgerConnection(
    { dsn: url },
    {
      name: schema,
      schema,
      pool: { maxOpen: 20, maxIdle: 2, maxLifetimeMs: 300_000 },
      preparedStatements: true,
    },
  );
  await connection.open();
  await new SchemaMigrator(connection, schema).up();
  const dataSource = await new DataSource({ type: 'postgres', url }).initialize();
  return new PostgresLedgerSubject(schema, connection, dataSource);
}

class PostgresLedgerSubject implements PostgresSubject {
  readonly intake: PostgresJobIntake;
  readonly runs: PostgresRunLedger;
  readonly registry: PostgresWorkerRegistry;
  readonly upkeep: PostgresLedgerUpkeep;
  readonly inspection: PostgresLedgerInspection;
  readonly readings: PostgresLedgerReadings;
  readonly openRuns: PostgresOpenRuns;
  readonly outcomes: PostgresJobOutcomes;
  readonly operator: OperatorDoors<EntityManager>;
  readonly schedules: PostgresScheduleLedger;
  readonly retention: PostgresLedgerRetention;

  constructor(
    readonly schema: string,
    readonly connection: LedgerConnection,
    readonly dataSource: DataSource,
  ) {
    this.intake = new PostgresJobIntake(connection);
    this.runs = new PostgresRunLedger(connection);
    this.registry = new PostgresWorkerRegistry(connection);
    this.upkeep = new PostgresLedgerUpkeep(connection);
    this.inspection = new PostgresLedgerInspection(connection);
    this.readings = new PostgresLedgerReadings(connection);
    this.openRuns = new PostgresOpenRuns(connection);
    this.outcomes = new PostgresJobOutcomes(connection);
    this.operator = operatorDoors(connection);
    this.schedules = new PostgresScheduleLedger(connection);
    this.retention = new PostgresLedgerRetention(connection);
  }

  async begin(): Promise<OpenTransaction<EntityManager>> {
    const runner = this.dataSource.createQueryRunner();
    await runner.startTransaction();
    return {
      manager: runner.manager,
      commit: () => runner.commitTransaction().finally(() => runner.release()),
      rollback: () => runner.rollbackTransaction().finally(() => runner.release()),
    };
  }

  /** The database's clock cannot be moved, so everything that happened is moved into the past. */
  async passTime(ms: number): Promise<void> {
    for (const [table, columns] of Object.entries(INSTANTS)) {
      const changes = columns.map((column) => `${column} = ${column} - $1 * interval '1 millisecond'`);
      await this.dataSource.query(`update ${this.schema}.${table} set ${changes.join(', ')}`, [ms]);
    }
  }

  async nowMs(): Promise<number> {
    const rows = await this.dataSource.query<{ now: string }[]>(
      'select extract(epoch from clock_timestamp()) * 1000 as now',
    );
    return Number(rows[0]?.now);
  }

  async clear(): Promise<void> {
    for (const table of Object.keys(INSTANTS)) {
      await this.dataSource.query(`delete from ${this.schema}.${table}`);
    }
  }

  async close(): Promise<void> {
    await this.registry.close();
    await this.connection.close();
    await this.dataSource.query(`drop schema ${this.schema} cascade`);
    await this.dataSource.destroy();
  }
}

const INSTANTS: Readonly<Record<string, readonly string[]>> = {
  kyu_jobs: [
    'created_at',
    'updated_at',
    'scheduled_at',
    'locked_at',
    'completed_at',
    'deadline_at',
    'unique_expires_at',
    'cancel_requested_at',
  ],
  kyu_jobs_archive: ['created_at', 'updated_at', 'scheduled_at', 'completed_at', 'archived_at'],
  kyu_attempts: ['started_at', 'finished_at'],
  kyu_job_logs: ['at'],
  kyu_workers: ['started_at', 'heartbeat_at', 'lease_expires_at'],
  kyu_duties: ['due_at', 'last_ran_at', 'quiet_until'],
  kyu_pauses: ['paused_at'],
  kyu_audit: ['at'],
  kyu_schedules: ['paused_at', 'next_run_at', 'last_run_at', 'created_at', 'updated_at'],
};
