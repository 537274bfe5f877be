import type { QueuedHint } from '../core/job.js';
import type { Dispatcher } from '../core/ports/dispatcher.js';
import type { TransactionScope } from '../core/ports/operator-doors.js';

/** What became pending joins the common way of jobs at its second step, once it is committed. */
export class Announcer<Transaction> {
  constructor(
    private readonly dispatcher: Dispatcher,
    private readonly transactions: TransactionScope<Transaction>,
  ) {}

  /** With the caller's transaction it happens after the commit, and nobody waits for it. */
  async announce(hints: readonly QueuedHint[], manager: Transaction | undefined): Promise<void> {
    for (const [queue, ofQueue] of byQueue(hints)) {
      if (manager === undefined) await this.dispatcher.announce(queue, ofQueue);
      else this.transactions.afterCommit(manager, () => void this.dispatcher.announce(queue, ofQueue));
    }
  }
}

function byQueue(hints: readonly QueuedHint[]): Map<string, QueuedHint[]> {
  const queues = new Map<string, QueuedHint[]>();
  for (const hint of hints) {
    const members = queues.get(hint.queue);
    if (members === undefined) queues.set(hint.queue, [hint]);
    else members.push(hint);
  }
  return queues;
}
