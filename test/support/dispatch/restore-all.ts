import type { Dispatcher } from '../../../lib/core/ports/dispatcher.js';

/** Does what a worker does at its start: asks each queue until it no longer says that it has forgotten. */
export async function restoreAll(dispatcher: Dispatcher, queues: readonly string[]): Promise<void> {
  for (const queue of queues) await dispatcher.take(queue, [{ type: 'nothing', size: 1 }], 1);
}
