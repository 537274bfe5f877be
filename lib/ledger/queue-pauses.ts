import type { EntityManager } from 'typeorm';
import type { PauseOrder, QueuePause, QueuePauses } from '../core/ports/queue-pauses.js';
import type { LedgerConnection } from './ledger-connection.js';
import { listPauses } from './statements/list-pauses.sql.js';
import { pauseQueues } from './statements/pause-queues.sql.js';
import { resumeQueues } from './statements/resume-queues.sql.js';

/** In place of a job type: the whole queue. No job type is called like that. */
const WHOLE_QUEUE = '';

/** The operator's door for queues, and the workers' look at what rests. */
export class PostgresQueuePauses implements QueuePauses<EntityManager> {
  constructor(private readonly connection: LedgerConnection) {}

  async pause(order: PauseOrder, manager?: EntityManager): Promise<string[]> {
    const values = [order.queues, order.type ?? WHOLE_QUEUE, order.actor, order.reason];
    const rows = await this.connection.queryIn<QueueRow>(manager, pauseQueues, values);
    return rows.map(({ queue }) => queue).sort();
  }

  async resume(queues: readonly string[], type: string | null, manager?: EntityManager): Promise<string[]> {
    const values = [queues, type ?? WHOLE_QUEUE];
    const rows = await this.connection.queryIn<QueueRow>(manager, resumeQueues, values);
    return rows.map(({ queue }) => queue).sort();
  }

  async list(queues: readonly string[]): Promise<QueuePause[]> {
    const rows = await this.connection.query<PauseRow>(listPauses, [queues]);
    return rows.map((row) => ({
      queue: row.queue,
      type: row.job_type === WHOLE_QUEUE ? null : row.job_type,
      pausedAt: row.paused_at,
      actor: row.actor,
      reason: row.reason,
    }));
  }
}

interface QueueRow {
  readonly queue: string;
}

interface PauseRow extends QueueRow {
  readonly job_type: string;
  readonly paused_at: Date;
  readonly actor: string | null;
  readonly reason: string | null;
}
