import type { Client } from 'pg';
import { JOB_TYPE } from '../child/payload.js';
import { KYU_QUEUE } from '../contestants/queue-name.js';

/** One statement with all rows would keep them all in one transaction's memory of triggers and WAL buffers. */
const CHUNK = 250_000;

/**
 * Fills a ledger with jobs that ended long ago, each with its run, as if Kyu had worked on them: ids that grow with
 * time, and nothing left for autovacuum to do in the middle of a measurement.
 */
export async function fillHistory(client: Client, jobs: number): Promise<void> {
  for (let done = 0; done < jobs; done += CHUNK) {
    await insertFinished(client, done, Math.min(CHUNK, jobs - done));
  }
  await client.query('vacuum (analyze) kyu.kyu_jobs');
  await client.query('vacuum (analyze) kyu.kyu_attempts');
  await client.query('checkpoint');
}

async function insertFinished(client: Client, first: number, count: number): Promise<void> {
  await client.query(
    `with finished as (
       insert into kyu.kyu_jobs
         (id, queue, job_type, status, payload, run, max_retries, timeout_ms, created_at, updated_at, completed_at)
       select
         -- A version 7 id of one millisecond per job, in the year before.
         (left(id, 8) || '-' || substr(id, 9, 4) || '-7' || substr(id, 13, 3) || '-8' || right(id, 3) || '-' ||
           lpad(to_hex(number), 12, '0'))::uuid,
         $3, $4, 'completed',
         jsonb_build_object('n', number, 'at', 0, 'to', 'customer-' || number || '@shop.example',
           'subject', 'Your order has left our warehouse and will be with you soon'),
         1, 3, 30000, ended_at, ended_at, ended_at
       from generate_series($1::bigint, $1::bigint + $2::bigint - 1) as number
       cross join lateral (select now() - interval '300 days' + number * interval '1 millisecond' as ended_at) as time
       cross join lateral (
         select lpad(to_hex((extract(epoch from ended_at) * 1000)::bigint), 12, '0') || md5(number::text) as id
       ) as made
       returning id, completed_at
     )
     insert into kyu.kyu_attempts (job_id, run, attempt, worker_id, started_at, finished_at, outcome)
     select id, 1, 1, '00000000-0000-4000-8000-000000000001', completed_at, completed_at, 'completed'
     from finished`,
    [first, count, KYU_QUEUE, JOB_TYPE],
  );
}
