import type { Command } from 'commander';
import type { Shell } from '../../shell.js';
import { addJobsCancel } from './jobs-cancel.js';
import { addJobsDelete } from './jobs-delete.js';
import { addJobsEnqueue } from './jobs-enqueue.js';
import { addJobsExplain } from './jobs-explain.js';
import { addJobsList } from './jobs-list.js';
import { addJobsRetry } from './jobs-retry.js';
import { addJobsShow } from './jobs-show.js';

/** `kyu jobs` */
export function addJobs(program: Command, shell: Shell): void {
  const jobs = program.command('jobs').description('find jobs, look into them, change them');
  addJobsList(jobs, shell);
  addJobsShow(jobs, shell);
  addJobsExplain(jobs, shell);
  addJobsEnqueue(jobs, shell);
  addJobsRetry(jobs, shell);
  addJobsCancel(jobs, shell);
  addJobsDelete(jobs, shell);
}
