import type { Client } from 'pg';
import { allProcessed } from '../harness/accounts.js';
import { settingOf, withContestant, type BenchContext } from '../harness/bench-context.js';
import type { Benchmark, Sample } from '../harness/benchmark.js';
import { CONCURRENCY, type ContestantEntry } from '../harness/catalogue.js';
import { jobsFor } from '../harness/scale.js';
import { onPostgres } from '../stores/bench-stores.js';
import { entrantsOf, warmUpOf } from './throughput.js';

const MOST_ROUNDS = 3;

/** What PostgreSQL does for one job: `pg_stat_statements`, `pg_stat_wal`, and how far the log has come. */
export function statementsBenchmark(context: BenchContext): Benchmark {
  const names = ['kyu', 'kyu-postgres', 'graphile-worker-tuned', 'bullmq-postgres', 'pg-boss-burst'];
  return {
    name: 'statements',
    title: 'Work of PostgreSQL for one job under load (claim and settle)',
    unit: 'statements/job',
    better: 'lower',
    rounds: Math.min(MOST_ROUNDS, context.scale.rounds),
    entrants: entrantsOf(context, names, (entry) => sampleStatements(context, entry)),
  };
}

async function sampleStatements(context: BenchContext, entry: ContestantEntry): Promise<Sample> {
  const place = await context.stores.freshPlace({ ...entry.place, counting: true });
  const jobs = jobsFor(context.scale, Math.min(entry.pace.process, entry.pace.enqueue));
  return onPostgres(place.postgresUrl, async (client) => {
    await client.query('create extension pg_stat_statements');
    const walBefore = await readWalStatistics(client);
    const counted = await withContestant(context, settingOf(entry, place), async (child) => {
      await child.process({ jobs: warmUpOf(context, entry.pace.process), queue: 'empty' });
      const enqueued = await whileCounting(client, jobs, () => child.enqueue({ jobs, callers: CONCURRENCY }));
      const processed = await whileCounting(client, jobs, () => child.process({ jobs, queue: 'filled' }));
      return { enqueued, processed, account: allProcessed(await child.account()) };
    });
    // Backends tell what they wrote when they end at the latest: so this counts the whole way, warm-up and schema too.
    const walBytes = (await readWalStatistics(client)) - walBefore;
    const { enqueued, processed, account } = counted;
    return {
      value: processed.statements,
      details: {
        jobs,
        ...named('', processed),
        ...named('enqueue: ', enqueued),
        'whole way: WAL bytes (pg_stat_wal)': walBytes / account.jobs,
      },
      account,
    };
  });
}

async function readWalStatistics(client: Client): Promise<number> {
  const { rows } = await client.query<{ bytes: number }>(
    'select /* kyu-bench */ wal_bytes::float8 as bytes from pg_stat_wal',
  );
  return rows[0]?.bytes ?? Number.NaN;
}

/** Per job. */
interface Work {
  readonly statements: number;
  readonly buffersHit: number;
  readonly buffersRead: number;
  readonly walBytes: number;
  readonly walRecords: number;
}

function named(prefix: string, { statements, buffersHit, buffersRead, walBytes, walRecords }: Work) {
  return {
    [`${prefix}statements`]: statements,
    [`${prefix}buffers hit`]: buffersHit,
    [`${prefix}buffers read`]: buffersRead,
    [`${prefix}WAL bytes`]: walBytes,
    [`${prefix}WAL records`]: walRecords,
  };
}

async function whileCounting(client: Client, jobs: number, work: () => Promise<unknown>): Promise<Work> {
  await client.query('select /* kyu-bench */ pg_stat_statements_reset()');
  const before = await readLog(client);
  await work();
  const after = await readLog(client);
  const { rows } = await client.query<{ calls: number; hit: number; read: number; records: number }>(
    `select /* kyu-bench */ coalesce(sum(calls), 0)::float8 as calls,
       coalesce(sum(shared_blks_hit), 0)::float8 as hit, coalesce(sum(shared_blks_read), 0)::float8 as read,
       coalesce(sum(wal_records), 0)::float8 as records
     from pg_stat_statements
     where dbid = (select oid from pg_database where datname = current_database())
       and query not like '%kyu-bench%'`,
  );
  const [sums] = rows as [(typeof rows)[number]]; // sums are always one row
  return {
    statements: sums.calls / jobs,
    buffersHit: sums.hit / jobs,
    buffersRead: sums.read / jobs,
    walBytes: (after - before) / jobs,
    walRecords: sums.records / jobs,
  };
}

/** How far the log has come, to the byte and at once: `pg_stat_wal` lags behind while backends live. */
async function readLog(client: Client): Promise<number> {
  const { rows } = await client.query<{ bytes: number }>(
    "select /* kyu-bench */ pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::float8 as bytes",
  );
  return rows[0]?.bytes ?? Number.NaN;
}
