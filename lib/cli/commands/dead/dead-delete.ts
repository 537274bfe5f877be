import type { Command } from 'commander';
import { withConnection } from '../../connection/connection-options.js';
import { withActor } from '../../operator-flags.js';
import type { Shell } from '../../shell.js';
import { changeJobs, type ChangeFlags } from '../jobs/change-jobs.js';
import { withChange } from '../jobs/change-options.js';
import { DELETE } from '../jobs/job-verbs.js';
import { onlyDead } from './only-dead.js';

/** `kyu dead delete [ids or query...]` */
export function addDeadDelete(dead: Command, shell: Shell): void {
  withChange(withActor(withConnection(dead.command('delete'))))
    .description('remove dead jobs and their runs for good')
    .argument('[ids-or-query...]', 'ids, or a search as for "jobs list"; none: all that are dead')
    .action(async (words: string[], flags: ChangeFlags) => changeJobs(shell, words, flags, DELETE, onlyDead));
}
