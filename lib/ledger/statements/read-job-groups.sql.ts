import type { JobStatus } from '../../core/job-status.js';
import type { StatementTemplate } from '../statement.js';

/** What is counted along one index, and cut together. */
export type CountedKind = 'pending' | 'waiting' | 'running' | 'dead' | 'ended';

/** The statuses that a kind stands for. */
export const STATUSES_OF_KIND: Readonly<Record<CountedKind, readonly JobStatus[]>> = {
  pending: ['pending'],
  waiting: ['scheduled', 'failed'],
  running: ['running'],
  dead: ['dead'],
  ended: ['completed', 'cancelled'],
};

const KIND_OF_STATUS =
  "case when status in ('scheduled', 'failed') then 'waiting' when status in ('completed', 'cancelled') then 'ended' else status end";

/**
 * How many jobs there are, by queue, type and status. A table that is no larger than the sample is read to its end. Of a
 * larger one each kind of jobs is counted along its index up to a limit; what is more than that is estimated from a
 * sample of the table's pages, always the same ones, and is never less than what was counted.
 * Called by: `KyuAdmin.stats` outside a caller's transaction. Changes nothing.
 * Indexes: kyu_jobs_ready, kyu_jobs_due, kyu_jobs_running, kyu_jobs_dead and kyu_jobs_finished, each no further than $1
 * entries, because of the order; and at most $2 pages of the table.
 * `cut` has the kinds that were not counted to their end.
 * $1 most that is counted of a kind, $2 pages of the sample.
 */
export const readJobGroups: StatementTemplate = {
  name: 'read-job-groups',
  text: ({ jobs }) => {
    const list = (kind: CountedKind, condition: string, order: string): string => `(
    select '${kind}' as kind, queue, job_type, status
    from ${jobs}
    where (select pages from size) > $2 and ${condition} and deleted_at is null
    order by ${order}
    limit $1
  )`;
    return `
with size as materialized (
  select pg_relation_size('${jobs}') / current_setting('block_size')::bigint as pages
),
listed as materialized (
  ${[
    list('pending', `status = 'pending'`, 'queue, job_type, priority desc, id'),
    list('waiting', `status in ('scheduled', 'failed')`, 'queue, scheduled_at'),
    list('running', `status = 'running'`, 'queue, locked_by'),
    list('dead', `status = 'dead'`, 'queue, id'),
    list('ended', 'completed_at is not null', 'completed_at desc'),
  ].join('\n  union all\n  ')}
),
cut as materialized (
  select kind from listed group by kind having count(*) >= $1
),
counted as (
  select queue, job_type, status, count(*) as found from listed where kind = ${KIND_OF_STATUS} group by 1, 2, 3
),
sampled as materialized (
  select queue, job_type, status, count(*) * greatest(1, (select pages from size)::float8 / $2) as estimate
  from ${jobs} tablesample system (least(100, 100 * $2::float8 / greatest(1, (select pages from size)))) repeatable (0)
  where ((select pages from size) <= $2 or ${KIND_OF_STATUS} in (select kind from cut)) and deleted_at is null
  group by 1, 2, 3
)
select queue, job_type as type, status, round(greatest(coalesce(found, 0), coalesce(estimate, 0)))::bigint as count,
  array(select kind from cut) as cut
from counted full join sampled using (queue, job_type, status)
order by 1, 2, 3`;
  },
};
