import type { Command } from 'commander';
import type { Shell } from '../../shell.js';
import { addErrorsList } from './errors-list.js';
import { addErrorsRetry } from './errors-retry.js';

/** `kyu errors` */
export function addErrors(program: Command, shell: Shell): void {
  const errors = program.command('errors').description('what went wrong lately, like with like');
  addErrorsList(errors, shell);
  addErrorsRetry(errors, shell);
}
