/** What the operator's statements answer of a job as they left it; read by `job-operations.ts`. */
export const OPERATED_COLUMNS = 'job.id, job.queue, job.job_type as type, job.priority, job.status';

/** The status that was found, and the job when it changed: the end of a statement with `target` and `changed`. */
export const OPERATED_ANSWER = `select target.status as found, changed.*
from target left join changed on true`;
