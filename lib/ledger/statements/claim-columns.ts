import type { Tables } from '../statement.js';

/**
 * What a claim hands to the worker, in this order; read by `claimOf` in `row-mapper.ts`.
 * `date_part` and not `extract`, whose exact arithmetic costs more than the rest of a column.
 * Earlier errors are looked up only for a job that has some: along kyu_attempts_pkey, the last ones alone.
 */
export function claimColumns({ attempts }: Pick<Tables, 'attempts'>): string {
  return `job.id, job.run, job.job_type, job.priority, job.payload,
  job.retry_count, job.max_retries, job.timeout_ms, job.crash_count, job.created_at, job.scheduled_at, job.locked_at,
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
