import type { Command } from 'commander';
import { withConnection } from '../../connection/connection-options.js';
import { withActor } from '../../operator-flags.js';
import type { Shell } from '../../shell.js';
import { changeJobs, type ChangeFlags } from './change-jobs.js';
import { withChange } from './change-options.js';
import { RETRY } from './job-verbs.js';

/** `kyu jobs retry <ids or query...>` */
export function addJobsRetry(jobs: Command, shell: Shell): void {
  withChange(withActor(withConnection(jobs.command('retry'))))
    .description('run jobs again: failed, dead or cancelled ones')
    .argument('<ids-or-query...>', 'ids, or a search as for "jobs list"')
    .action(async (words: string[], flags: ChangeFlags) => changeJobs(shell, words, flags, RETRY));
}
