import type { Tables } from '../statement.js';

/** Columns of a statement about queues: how many living workers serve one, and what of it rests. */
export function queueState({ workers, pauses }: Pick<Tables, 'workers' | 'pauses'>, queue: string): string {
  return `(
    select count(*) from ${workers}
    where state = 'alive' and lease_expires_at > now() and queues @> array[${queue}]
  ) as live_workers,
  exists (select from ${pauses} where queue = ${queue} and job_type = '') as paused,
  array(
    select job_type from ${pauses} where queue = ${queue} and job_type <> '' order by job_type
  ) as paused_types`;
}
