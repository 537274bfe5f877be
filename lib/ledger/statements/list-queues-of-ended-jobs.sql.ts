import type { StatementTemplate } from '../statement.js';

/**
 * The queues that have jobs which have ended.
 * Called by: `KyuAdmin.queueNames`, with a limit of time. Changes nothing.
 * Index: none. No index of ended jobs has their queues, and one would cost each job that ends more than a person who
 * lists queues gains by it: the table is read.
 */
export const listQueuesOfEndedJobs: StatementTemplate = {
  name: 'list-queues-of-ended-jobs',
  text: ({ jobs }) => `
select distinct queue from ${jobs} where completed_at is not null and deleted_at is null`,
};
