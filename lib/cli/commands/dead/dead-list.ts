import type { Command } from 'commander';
import { withConnection } from '../../connection/connection-options.js';
import type { Shell } from '../../shell.js';
import { listJobs, withPage, type ListOptions } from '../jobs/list-jobs.js';
import { onlyDead } from './only-dead.js';

/** `kyu dead list [query...]` */
export function addDeadList(dead: Command, shell: Shell): void {
  withPage(withConnection(dead.command('list')))
    .description('dead jobs, newest first, each with its last error')
    .argument('[query...]', 'as for "jobs list"')
    .action(async (words: string[], options: ListOptions) => listJobs(shell, words, options, onlyDead));
}
