import type { Command } from 'commander';
import { withConnection } from '../../connection/connection-options.js';
import { wholeNumber } from '../../read-arguments.js';
import type { Shell } from '../../shell.js';
import { listJobs, type ListOptions } from '../jobs/list-jobs.js';
import { onlyDead } from './only-dead.js';

/** `kyu dead list [query...]` */
export function addDeadList(dead: Command, shell: Shell): void {
  withConnection(dead.command('list'))
    .description('dead jobs, newest first, each with its last error')
    .argument('[query...]', 'as for "jobs list"')
    .option('--limit <number>', 'jobs on the page, 1 to 1,000', wholeNumber(1, 1_000), 20)
    .option('--cursor <text>', 'the page after another one')
    .option('--utc', 'exact times in UTC')
    .option('--json', 'one JSON document')
    .action(async (words: string[], options: ListOptions) => listJobs(shell, words, options, onlyDead));
}
