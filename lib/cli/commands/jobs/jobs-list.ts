import type { Command } from 'commander';
import { withConnection } from '../../connection/connection-options.js';
import type { Shell } from '../../shell.js';
import { listJobs, withPage, type ListOptions } from './list-jobs.js';

/** `kyu jobs list [query...]` */
export function addJobsList(jobs: Command, shell: Shell): void {
  withPage(withConnection(jobs.command('list')))
    .description('jobs that match, newest first unless it says otherwise')
    .argument('[query...]', 'such as: type:send_email status:dead payload.user.id:42 "error:ECONN" age>1h')
    .option('--archived', 'those that retention has archived')
    .action(async (words: string[], options: ListOptions) => listJobs(shell, words, options));
}
