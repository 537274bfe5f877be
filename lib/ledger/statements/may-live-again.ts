/**
 * Whether no other job holds the unique key of this one, which gave it up when it ended. Along kyu_jobs_unique. Two that
 * come back at the same moment are told apart by that index alone.
 */
export function mayLiveAgain(jobs: string, job: string): string {
  return `not exists (
      select from ${jobs} holder
      where holder.unique_key = ${job}.unique_key and holder.id <> ${job}.id
        and (holder.unique_keeps or holder.status in ('scheduled', 'pending', 'running', 'failed'))
    )`;
}
