import type { Command } from 'commander';
import { withConnection } from '../../connection/connection-options.js';
import { withActor } from '../../operator-flags.js';
import type { Shell } from '../../shell.js';
import { changeJobs, type ChangeFlags } from './change-jobs.js';
import { withChange } from './change-options.js';
import { CANCEL } from './job-verbs.js';

/** `kyu jobs cancel <ids or query...>` */
export function addJobsCancel(jobs: Command, shell: Shell): void {
  withChange(withActor(withConnection(jobs.command('cancel'))))
    .description('call jobs off; those that run are asked to end')
    .argument('<ids-or-query...>', 'ids, or a search as for "jobs list"')
    .action(async (words: string[], flags: ChangeFlags) => changeJobs(shell, words, flags, CANCEL));
}
