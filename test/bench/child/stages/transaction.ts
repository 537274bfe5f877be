import { KyuProducer } from '../../../../lib/index.js';
import { DataSource, type EntityManager } from 'typeorm';
import { JobIdSource } from '../../../../lib/core/job-id.js';
import { openKyuApp } from '../../contestants/kyu-app.js';
import { KYU_QUEUE } from '../../contestants/queue-name.js';
import type { EnqueueAnswer } from '../answers.js';
import type { ContestantSetting } from '../contestant.js';
import { cpuMs } from '../cpu.js';
import { JOB_TYPE, nowMs, payloadOf } from '../payload.js';

/** Transactions that write an order and a job. */
export interface TransactionInput {
  readonly setting: ContestantSetting;
  readonly transactions: number;
  readonly warmUp: number;
  readonly callers: number;
  /** Who writes the job: `enqueue` with the transaction's manager, or a bare INSERT of the same row. */
  readonly jobBy: 'kyu' | 'insert';
}

/** What came of it. */
export interface TransactionAnswer extends EnqueueAnswer {
  readonly orders: number;
  readonly pending: number;
}

type WriteJob = (manager: EntityManager, n: number) => Promise<unknown>;

const CREATE_ORDERS = `create table orders (
  id bigint generated always as identity primary key,
  customer text not null,
  total_cents integer not null,
  created_at timestamptz not null default now()
)`;
const INSERT_ORDER = 'insert into orders (customer, total_cents) values ($1, $2) returning id';
const INSERT_JOB = `insert into kyu.kyu_jobs (id, queue, job_type, payload, max_retries, timeout_ms)
  values ($1, $2, $3, $4, $5, $6)`;

/** Both ways run in the same application with the same data source; they differ in the second statement alone. */
export async function runTransactions(input: TransactionInput): Promise<TransactionAnswer> {
  const dataSource = await new DataSource({
    type: 'postgres',
    url: input.setting.postgresUrl,
    extra: { max: input.callers },
  }).initialize();
  await dataSource.query(CREATE_ORDERS);
  const app = await openKyuApp(input.setting, { dataSource });
  const writeJob = input.jobBy === 'kyu' ? byKyu(app.get(KyuProducer)) : byInsert();
  await run(dataSource, writeJob, input.warmUp, input.callers);
  const cpuBefore = cpuMs();
  const startedAt = nowMs();
  await run(dataSource, writeJob, input.transactions, input.callers);
  const measured = { jobs: input.transactions, ms: nowMs() - startedAt, cpuMs: cpuMs() - cpuBefore };
  const counts = await count(dataSource);
  await app.close();
  await dataSource.destroy();
  return { ...measured, ...counts };
}

async function run(
  dataSource: DataSource,
  writeJob: WriteJob,
  transactions: number,
  callers: number,
): Promise<void> {
  const shared = Array.from({ length: transactions }, (_, n) => n).values();
  const call = async (): Promise<void> => {
    for (const n of shared) {
      await dataSource.transaction(async (manager) => {
        await manager.query(INSERT_ORDER, [`customer-${n}`, 1_999]);
        await writeJob(manager, n);
      });
    }
  };
  await Promise.all(Array.from({ length: callers }, call));
}

function byKyu(producer: KyuProducer): WriteJob {
  return (manager, n) => producer.enqueue(JOB_TYPE, payloadOf(n), { manager });
}

function byInsert(): WriteJob {
  const ids = new JobIdSource(Date.now);
  return (manager, n) =>
    manager.query(INSERT_JOB, [ids.next(), KYU_QUEUE, JOB_TYPE, JSON.stringify(payloadOf(n)), 3, 30_000]);
}

async function count(dataSource: DataSource): Promise<{ orders: number; pending: number }> {
  const rows = await dataSource.query<{ orders: number; pending: number }[]>(
    `select (select count(*)::integer from orders) as orders,
       (select count(*)::integer from kyu.kyu_jobs where status = 'pending') as pending`,
  );
  return rows[0] ?? { orders: 0, pending: 0 };
}
