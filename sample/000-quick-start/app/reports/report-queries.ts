// The ledger is a plain table, so a report is plain SQL. $1 is how many minutes back the report looks.

export const JOB_TYPES = `
  select job_type                                                              as "jobType",
         count(*) filter (where status = 'completed')::int                     as "completed",
         count(*) filter (where status = 'dead')::int                          as "dead",
         count(*) filter (where status not in ('completed', 'dead', 'cancelled'))::int as "open",
         sum(retry_count)::int                                                 as "retries",
         percentile_cont(0.5) within group (order by took.ms)                  as "medianMs",
         max(took.ms)                                                          as "slowestMs"
    from kyu.kyu_jobs
   cross join lateral (
           select extract(epoch from completed_at - created_at)::float8 * 1000 as ms) took
   where created_at > now() - make_interval(mins => $1)
   group by job_type
   order by max(priority) desc, job_type`;

export const SALES = `
  select currency                                                              as "currency",
         count(*)::int                                                         as "orders",
         count(paid_at)::int                                                   as "paid",
         coalesce(sum(amount_cents) filter (where paid_at is not null), 0)::float8 as "paidAmount",
         coalesce(sum(amount_cents) filter (where paid_at is null), 0)::float8 as "unpaidAmount"
    from shop.shop_orders
   where created_at > now() - make_interval(mins => $1)
   group by currency
   order by count(*) desc, currency`;

export const PACE_SPAN = `
  select now()                                                                 as "takenAt",
         min(completed_at)                                                     as "startedAt",
         coalesce(extract(epoch from max(completed_at) - min(completed_at)), 0)::float8 as "seconds"
    from kyu.kyu_jobs
   where created_at > now() - make_interval(mins => $1)`;

/** $2 is the start of the first column, $3 the width of a column in seconds. */
export const PACE = `
  select floor(extract(epoch from completed_at - $2::timestamptz) / $3)::int   as "column",
         job_type                                                              as "jobType",
         count(*)::int                                                         as "jobs"
    from kyu.kyu_jobs
   where created_at > now() - make_interval(mins => $1) and completed_at >= $2::timestamptz
   group by 1, 2
   order by 1, 2`;

/** A payment knows its order by id, a letter by number. $2 is the longest list. */
export const DEAD_JOBS = `
  select job.job_type                                                          as "jobType",
         shop_order.order_no                                                   as "orderNo",
         shop_order.customer                                                   as "customer",
         job.retry_count + 1                                                   as "attempts",
         coalesce(job.error_message, '')                                       as "error"
    from kyu.kyu_jobs job
    left join shop.shop_orders shop_order
      on shop_order.id::text = job.payload ->> 'orderId' or shop_order.order_no = job.payload ->> 'orderNo'
   where job.status = 'dead' and job.created_at > now() - make_interval(mins => $1)
   order by job.job_type, shop_order.order_no
   limit $2`;
