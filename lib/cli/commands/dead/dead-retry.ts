import type { Command } from 'commander';
import { withConnection } from '../../connection/connection-options.js';
import { withActor } from '../../operator-flags.js';
import type { Shell } from '../../shell.js';
import { changeJobs, type ChangeFlags } from '../jobs/change-jobs.js';
import { withChange } from '../jobs/change-options.js';
import { RETRY } from '../jobs/job-verbs.js';
import { onlyDead } from './only-dead.js';

/** `kyu dead retry [ids or query...]` */
export function addDeadRetry(dead: Command, shell: Shell): void {
  withChange(withActor(withConnection(dead.command('retry'))))
    .description('run dead jobs again, with all their attempts')
    .argument('[ids-or-query...]', 'ids, or a search as for "jobs list"; none: all that are dead')
    .action(async (words: string[], flags: ChangeFlags) => changeJobs(shell, words, flags, RETRY, onlyDead));
}
