import type { Command } from 'commander';
import type { Shell } from '../../shell.js';
import { addQueuesDrain } from './queues-drain.js';
import { addQueuesList } from './queues-list.js';
import { addQueuesPause } from './queues-pause.js';
import { addQueuesResume } from './queues-resume.js';

/** `kyu queues` */
export function addQueues(program: Command, shell: Shell): void {
  const queues = program.command('queues').description('how queues stand; let them rest and go on');
  addQueuesList(queues, shell);
  addQueuesPause(queues, shell);
  addQueuesResume(queues, shell);
  addQueuesDrain(queues, shell);
}
