/**
 * How many living workers serve a queue, and how many of them handle a type: `count` and `able`. One that has not told
 * its types counts as able; a pattern ends with a star.
 */
export function livingWorkers(workers: string, queue: string, type: string): string {
  return `
  select count(*) as count,
    count(*) filter (
      where worker.job_types is null
        or exists (
          select from unnest(worker.job_types) as handled (name)
          where handled.name = ${type}
            or (right(handled.name, 1) = '*' and starts_with(${type}, left(handled.name, -1)))
        )
    ) as able
  from ${workers} worker
  where worker.state = 'alive' and worker.lease_expires_at > clock_timestamp() and worker.queues @> array[${queue}]
`;
}
