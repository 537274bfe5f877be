import type { PlanLab } from './plan-lab.js';

export const QUEUE = 'shop';
export const JOB_TYPES = ['send_email', 'process_payment', 'generate_report', 'resize_image'];

/** Worker 1 is alive, 2 is dead; behind them stands the crowd of those that ended long ago. */
export const LIVING_WORKER = workerId(1);
export const DEAD_WORKER = workerId(2);
const WORKER_COUNT = 2_000;
const SCHEDULE_COUNT = 10_000;

/** How many jobs are in which status; whatever is left over is completed. */
export interface StatusCounts {
  readonly pending: number;
  readonly running: number;
  readonly scheduled: number;
  readonly failed: number;
  readonly dead: number;
}

/** Enough rows for an index to be worth its while. */
export async function fillWorkers(lab: PlanLab): Promise<void> {
  await lab.run(
    `insert into ${lab.book.tables.workers} (id, host, pid, version, queues, concurrency, state, lease_expires_at)
     select lpad(to_hex(number), 32, '0')::uuid, 'host', number, '1', array['shop', 'reports'], 10,
       case when number = 1 then 'alive' else 'dead' end, now() + interval '1 hour'
     from generate_series(1, ${WORKER_COUNT}) as number`,
  );
}

/** Schedules of one application among those of others; the tick of one in a hundred has come. */
export async function fillSchedules(lab: PlanLab): Promise<void> {
  await lab.run(
    `insert into ${lab.book.tables.schedules} (app, name, cron, job_type, queue, source, next_run_at, last_job_id)
     select case when number % 4 = 0 then 'other' else '${QUEUE}' end, 'schedule-' || number, '* * * * *',
       '${JOB_TYPES[0]}', '${QUEUE}', 'dynamic',
       now() + (case when number % 100 = 1 then -1 else 1 end) * number * interval '1 second',
       lpad(to_hex(number), 32, '0')::uuid
     from generate_series(1, ${SCHEDULE_COUNT}) as number`,
  );
  await lab.run(`vacuum (analyze) ${lab.book.tables.schedules}`);
}

/** Adds jobs with ascending ids; the statuses are strewn over them, and a tenth belongs to another queue. */
export async function insertJobs(
  lab: PlanLab,
  already: number,
  count: number,
  counts: StatusCounts,
): Promise<void> {
  await lab.run(
    `insert into ${lab.book.tables.jobs}
       (id, queue, job_type, priority, payload, max_retries, status, run, scheduled_at, locked_by, locked_at, completed_at)
     select lpad(to_hex(number), 32, '0')::uuid,
       case when number % 10 = 0 then 'reports' else '${QUEUE}' end,
       ('{${JOB_TYPES.join(',')}}'::text[])[1 + number % ${JOB_TYPES.length}],
       number % 3, jsonb_build_object('order', number, 'to', repeat('x', 60)), 3, ${columnsOf('status')}
     from (
       select number, ${statusByRank('number::bigint * 7919 % $2', counts)} as status
       from generate_series($1::integer + 1, $1 + $2::integer) as number
     ) as job`,
    [already, count],
  );
}

/** Moves the newest jobs on to these statuses, and completes everything else: the head of every index is dead. */
export async function turnJobsInto(lab: PlanLab, counts: StatusCounts): Promise<void> {
  await lab.run(
    `update ${lab.book.tables.jobs} job
     set (status, run, scheduled_at, locked_by, locked_at, completed_at) = (select ${columnsOf('wanted.status')})
     from (
       select id, ${statusByRank('row_number() over (order by id desc) - 1', counts)} as status
       from ${lab.book.tables.jobs}
     ) as wanted
     cross join lateral (select ('x' || right(wanted.id::text, 8))::bit(32)::integer as number) as counted
     where wanted.id = job.id`,
  );
}

function statusByRank(rank: string, counts: StatusCounts): string {
  let bound = 0;
  const cases = Object.entries(counts).map(([status, count]) => {
    bound += Number(count);
    return `when ${rank} < ${bound} then '${status}'`;
  });
  return `case ${cases.join(' ')} else 'completed' end`;
}

/** What the CHECKs ask for: half of the running jobs are a dead worker's, half of the waiting ones are due. */
function columnsOf(status: string): string {
  return `${status}, 1,
    case when ${status} in ('scheduled', 'failed')
      then now() + (number % 2 * 2 - 1) * (1 + number % 1000) * interval '1 minute' end,
    case when ${status} = 'running'
      then case when number % 2 = 0 then '${DEAD_WORKER}'::uuid else '${LIVING_WORKER}'::uuid end end,
    case when ${status} = 'running' then now() end,
    case when ${status} in ('completed', 'dead', 'cancelled') then now() end`;
}

function workerId(number: number): string {
  return `00000000-0000-0000-0000-${String(number).padStart(12, '0')}`;
}
