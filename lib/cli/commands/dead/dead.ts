import type { Command } from 'commander';
import type { Shell } from '../../shell.js';
import { addDeadDelete } from './dead-delete.js';
import { addDeadList } from './dead-list.js';
import { addDeadRetry } from './dead-retry.js';

/** `kyu dead`: short for `kyu jobs … status:dead`. */
export function addDead(program: Command, shell: Shell): void {
  const dead = program
    .command('dead')
    .description('jobs that nobody tries any more: "jobs" with status:dead');
  addDeadList(dead, shell);
  addDeadRetry(dead, shell);
  addDeadDelete(dead, shell);
}
