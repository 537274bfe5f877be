import type { Command } from 'commander';
import { withConnection } from '../../connection/connection-options.js';
import { wholeNumber } from '../../read-arguments.js';
import type { Shell } from '../../shell.js';
import { listJobs, type ListOptions } from './list-jobs.js';

/** `kyu jobs list [query...]` */
export function addJobsList(jobs: Command, shell: Shell): void {
  withConnection(jobs.command('list'))
    .description('jobs that match, newest first')
    .argument('[query...]', 'such as: type:send_email status:dead payload.user.id:42 "error:ECONN" age>1h')
    .option('--limit <number>', 'jobs on the page, 1 to 1,000', wholeNumber(1, 1_000), 20)
    .option('--cursor <text>', 'the page after another one')
    .option('--archived', 'those that retention has archived')
    .option('--utc', 'exact times in UTC')
    .option('--json', 'one JSON document')
    .action(async (words: string[], options: ListOptions) => listJobs(shell, words, options));
}
