import type { EntityManager } from 'typeorm';
import type { DrainOrder, OrderedWorker, WorkerOrders } from '../core/ports/worker-orders.js';
import type { LedgerConnection } from './ledger-connection.js';
import type { StatementTemplate } from './statement.js';
import { buryWorker } from './statements/bury-worker.sql.js';
import { findDrainOrder } from './statements/find-drain-order.sql.js';
import { orderDrain } from './statements/order-drain.sql.js';

/** The door of operators and supervisors to worker processes. */
export class PostgresWorkerOrders implements WorkerOrders<EntityManager> {
  constructor(private readonly connection: LedgerConnection) {}

  requestDrain(
    workerId: string,
    thenExit: boolean,
    manager?: EntityManager,
  ): Promise<OrderedWorker | undefined> {
    return this.order(orderDrain, [workerId, thenExit], manager);
  }

  async drainOrder(workerId: string): Promise<DrainOrder | undefined> {
    const [row] = await this.connection.query<{ drain_then_exit: boolean }>(findDrainOrder, [workerId]);
    return row === undefined ? undefined : { thenExit: row.drain_then_exit };
  }

  bury(workerId: string, manager?: EntityManager): Promise<OrderedWorker | undefined> {
    return this.order(buryWorker, [workerId], manager);
  }

  private async order(
    statement: StatementTemplate,
    values: unknown[],
    manager: EntityManager | undefined,
  ): Promise<OrderedWorker | undefined> {
    const [row] = await this.connection.queryIn<WorkerRow>(manager, statement, values);
    if (row === undefined) return undefined;
    const { id, is_changed: isChanged, ...worker } = row;
    return { workerId: id, isChanged, ...worker };
  }
}

interface WorkerRow {
  readonly id: string;
  readonly host: string;
  readonly pid: number;
  readonly queues: string[];
  readonly state: string;
  readonly is_changed: boolean;
}
