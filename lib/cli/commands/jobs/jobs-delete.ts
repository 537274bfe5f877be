import type { Command } from 'commander';
import { withConnection } from '../../connection/connection-options.js';
import { withActor } from '../../operator-flags.js';
import type { Shell } from '../../shell.js';
import { changeJobs, type ChangeFlags } from './change-jobs.js';
import { withChange } from './change-options.js';
import { DELETE } from './job-verbs.js';

/** `kyu jobs delete <ids or query...>` */
export function addJobsDelete(jobs: Command, shell: Shell): void {
  withChange(withActor(withConnection(jobs.command('delete'))))
    .description('remove jobs and their runs for good, unless they run')
    .argument('<ids-or-query...>', 'ids, or a search as for "jobs list"')
    .action(async (words: string[], flags: ChangeFlags) => changeJobs(shell, words, flags, DELETE));
}
