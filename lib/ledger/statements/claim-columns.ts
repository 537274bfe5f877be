import type { Tables } from '../statement.js';

/**
 * What a claim hands to the worker, in this order; read by `claimOf` in `row-mapper.ts`.
 * Each column of a row costs both sides to write and to read, and nulls are free: so what is 0 for most jobs is null
 * then, the instant of the claim is written once for the statement, and the others travel as numbers. `date_part` and
 * not `extract`, whose exact arithmetic costs more than the rest of a column.
 * Earlier errors are looked up only for a job that has some: along kyu_attempts_pkey, the last ones alone.
 */
export function claimColumns({ attempts }: Pick<Tables, 'attempts'>): string {
  return `job.id, job.run, job.job_type, nullif(job.priority, 0), job.payload,
  nullif(job.retry_count, 0), job.max_retries, job.timeout_ms, nullif(job.crash_count, 0),
  date_part('epoch', job.created_at) * 1000, job.scheduled_at, (select now()::text),
  date_part('epoch', now() - candidate.updated_at) * 1000,
  date_part('epoch', job.deadline_at - now()) * 1000, job.context, job.parent_id, job.backoff,
  case when job.retry_count > 0 then (
    select json_agg(
      json_build_object('run', run, 'attempt', attempt, 'outcome', outcome, 'message', error_message, 'finishedAt', finished_at)
      order by run
    )
    from (
      select run, attempt, outcome, error_message, finished_at
      from ${attempts}
      where job_id = job.id and error_message is not null and outcome <> 'released'
      order by run desc
      limit ${MOST_ERRORS}
    ) failed
  ) end`;
}

/** A handler that looks at its earlier errors needs the last ones. */
const MOST_ERRORS = 20;
