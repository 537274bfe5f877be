import type { KyuOperator } from '../../kyu.operator.js';

/** Every queue that anybody has anything to do with: those of the options, and those that hold jobs. */
export async function queueNames(operator: KyuOperator): Promise<string[]> {
  const { byQueue } = await operator.admin.stats();
  return [...new Set([...operator.runtime.queues, ...Object.keys(byQueue)])].sort();
}
