import type { KyuOperator } from '../../kyu.operator.js';
import { remark } from '../output/present.js';
import type { Shell } from '../shell.js';

/** Every queue that anybody has anything to do with: those of the options, and those that the ledger knows of. */
export async function queueNames(operator: KyuOperator, shell: Shell): Promise<string[]> {
  const { names, isComplete } = await operator.admin.queueNames();
  if (!isComplete)
    remark(shell, 'There are many jobs: a queue in which all have ended is seen only by its name.');
  return [...new Set([...operator.runtime.queues, ...names])].sort();
}
