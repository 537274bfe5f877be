import type { Command } from 'commander';
import type { Shell } from '../../shell.js';
import { addWorkersDrain } from './workers-drain.js';
import { addWorkersList } from './workers-list.js';

/** `kyu workers` */
export function addWorkers(program: Command, shell: Shell): void {
  const workers = program.command('workers').description('the processes that run jobs');
  addWorkersList(workers, shell);
  addWorkersDrain(workers, shell);
}
