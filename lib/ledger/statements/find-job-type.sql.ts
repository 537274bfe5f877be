import type { StatementTemplate } from '../statement.js';

/**
 * What the workers of an application have said of a job type: of exactly this one, else of the longest pattern that it
 * falls under, as the function `enqueue` decides it.
 * Called by: the command line and the dashboard, before they enqueue a type that their process does not handle.
 * Guards: nothing. Index: kyu_job_types_pkey. Run twice: answers the same.
 * $1 app, $2 job type.
 */
export const findJobType: StatementTemplate = {
  name: 'find-job-type',
  text: ({ jobTypes }) => `
select job_type, queue, max_retries, timeout_ms
from ${jobTypes}
where app = $1 and (job_type = $2 or job_type ~ '[*]$' and starts_with($2, rtrim(job_type, '*')))
order by job_type = $2 desc, length(job_type) desc
limit 1`,
};
