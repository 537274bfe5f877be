import type { ErrorGroup } from '../../core/error-group.js';
import type { QueueReading, WorkerReading } from '../../core/ports/ledger-readings.js';
import type { Overview } from '../../core/traffic.js';
import type { KyuOperator } from '../../kyu.operator.js';

/** What the live view shows. */
export interface TopReading {
  readonly overview: Overview;
  readonly queues: readonly QueueReading[];
  readonly workers: readonly WorkerReading[];
  readonly errors: readonly ErrorGroup[];
}

const MOST_ERRORS = 20;

/** Each of them is one of the cheap readings of the dashboard's pages. */
export async function readTop({ admin, runtime }: KyuOperator): Promise<TopReading> {
  const overview = await admin.overview({ window: '1h' });
  const names = [...new Set([...runtime.queues, ...overview.byQueue.map(({ name }) => name)])];
  const [queues, workers, { groups }] = await Promise.all([
    admin.queues(names),
    admin.workers(names),
    admin.errorGroups({ window: '1h', limit: MOST_ERRORS }),
  ]);
  return { overview, queues, workers, errors: groups };
}
