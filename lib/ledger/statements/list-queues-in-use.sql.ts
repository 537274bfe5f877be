import type { StatementTemplate } from '../statement.js';

const STANDING = {
  pending: `status = 'pending'`,
  waiting: `status in ('scheduled', 'failed')`,
  running: `status = 'running'`,
  dead: `status = 'dead'`,
} as const;

/**
 * The queues of which something stands: jobs that wait, run or are dead, a living worker, a pause.
 * Called by: `KyuAdmin.queueNames`. Changes nothing.
 * Indexes: kyu_jobs_ready, kyu_jobs_due, kyu_jobs_running and kyu_jobs_dead, one descent per queue in each (a skip scan
 * by hand), so millions of jobs cost as much as ten.
 */
export const listQueuesInUse: StatementTemplate = {
  name: 'list-queues-in-use',
  text: ({ jobs, workers, pauses }) => {
    const next = (condition: string, after: string): string => `
    select job.queue from ${jobs} job
    where ${condition} and job.deleted_at is null${after}
    order by job.queue limit 1`;
    const skipScan = ([name, condition]: readonly [string, string]): string => `${name} as (
  (${next(condition, '')}
  )
  union all
  select (${next(condition, ` and job.queue > ${name}.queue`)}
  )
  from ${name}
  where ${name}.queue is not null
)`;
    const standing = Object.entries(STANDING);
    return `
with recursive ${standing.map(skipScan).join(',\n')}
select queue
from (
  ${standing.map(([name]) => `select queue from ${name}`).join(' union ')}
  union select unnest(queues) from ${workers} where state in ('alive', 'draining')
  union select queue from ${pauses}
) named
where queue is not null`;
  },
};
