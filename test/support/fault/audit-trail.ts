import type { Client } from 'pg';
import { LedgerConnection } from '../../../lib/ledger/ledger-connection.js';
import { SchemaMigrator } from '../../../lib/ledger/schema-migrator.js';
import type { JobChange } from './history.js';
import { monotonicMs } from './events.js';
import { withClient } from './with-client.js';

const CLOCK_QUESTIONS = 10;

/**
 * Creates the ledger of a round before anybody uses it, with a trigger that writes down every step of every job,
 * whoever takes it. A table of the test alone: no release of Kyu has it.
 */
export async function installAuditTrail(url: string, schema: string): Promise<void> {
  await createLedger(url, schema);
  await withClient(url, async (client) => {
    for (const statement of trailStatements(schema)) await client.query(statement);
  });
}

/** The steps in the order in which they happened, with instants of the monotonic clock of this machine. */
export async function readAuditTrail(client: Client, schema: string): Promise<JobChange[]> {
  const offsetMs = await clockOffset(client);
  const { rows } = await client.query<ChangeRow>(
    `select job_id, before, after, extract(epoch from at) * 1000 as at from ${schema}.audit_trail order by number`,
  );
  return rows.map(({ after, at, before, job_id: jobId }) => ({
    jobId,
    before,
    after,
    at: Number(at) - offsetMs,
  }));
}

interface ChangeRow extends Pick<JobChange, 'before' | 'after'> {
  readonly job_id: string;
  readonly at: string;
}

async function createLedger(url: string, schema: string): Promise<void> {
  const pool = { maxOpen: 1, maxIdle: 1, maxLifetimeMs: 60_000 };
  const connection = new LedgerConnection(
    { dsn: url },
    { name: 'laboratory', schema, pool, preparedStatements: true },
  );
  await connection.open();
  try {
    await new SchemaMigrator(connection, schema).up();
  } finally {
    await connection.close();
  }
}

/**
 * What the clock of the database is ahead of the monotonic one. An answer may have waited for its reader: as with NTP,
 * the quickest of several says it best.
 */
async function clockOffset(client: Client): Promise<number> {
  let quickest = { tookMs: Number.POSITIVE_INFINITY, offsetMs: 0 };
  for (let question = 0; question < CLOCK_QUESTIONS; question += 1) {
    const askedAt = monotonicMs();
    const { rows } = await client.query<{ ms: string }>(
      'select extract(epoch from clock_timestamp()) * 1000 as ms',
    );
    const answeredAt = monotonicMs();
    const tookMs = answeredAt - askedAt;
    const offsetMs = Number(rows[0]?.ms) - (askedAt + answeredAt) / 2;
    if (tookMs < quickest.tookMs) quickest = { tookMs, offsetMs };
  }
  return quickest.offsetMs;
}

/** A row that has ended is watched whatever changes in it: nothing may. */
function trailStatements(schema: string): string[] {
  const state = (row: string): string =>
    `jsonb_build_object('status', ${row}.status, 'run', ${row}.run, 'owner', ${row}.locked_by,
       'retryCount', ${row}.retry_count, 'maxRetries', ${row}.max_retries)`;
  return [
    `create table ${schema}.audit_trail (
       number bigserial primary key, job_id uuid not null, before jsonb, after jsonb, at timestamptz not null
     )`,
    `create function ${schema}.keep_audit_trail() returns trigger language plpgsql as $$
     declare
       seen_before jsonb := case when tg_op <> 'INSERT' then ${state('old')} end;
       seen_after jsonb := case when tg_op <> 'DELETE' then ${state('new')} end;
     begin
       if seen_before is distinct from seen_after or seen_before->>'status' in ('completed', 'dead', 'cancelled') then
         insert into ${schema}.audit_trail (job_id, before, after, at)
         values (coalesce(new.id, old.id), seen_before, seen_after, clock_timestamp());
       end if;
       return null;
     end $$`,
    `create trigger audit_trail after insert or update or delete on ${schema}.kyu_jobs
     for each row execute function ${schema}.keep_audit_trail()`,
  ];
}
