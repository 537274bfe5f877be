import type { DrainOrder, OrderedWorker, WorkerOrders } from '../core/ports/worker-orders.js';
import type { MemoryTables, WorkerRow } from './memory-tables.js';
import type { MemoryTransaction } from './memory-transaction.js';
import { isLiving } from './memory-worker-registry.js';

/** The door of operators and supervisors to worker processes, in memory. */
export class MemoryWorkerOrders implements WorkerOrders<MemoryTransaction> {
  constructor(private readonly tables: MemoryTables) {}

  async requestDrain(
    workerId: string,
    thenExit: boolean,
    transaction?: MemoryTransaction,
  ): Promise<OrderedWorker | undefined> {
    const worker = this.tables.workers.get(workerId);
    if (worker === undefined || !isLiving(worker)) return worker && orderedOf(worker, false);
    const known = this.tables.drains.get(workerId, transaction);
    const requestedAt = known?.requestedAt ?? this.tables.now();
    const order = { requestedAt, thenExit: thenExit || known?.thenExit === true };
    this.tables.drains.put(workerId, order, transaction);
    return orderedOf(worker, true);
  }

  async drainOrder(workerId: string): Promise<DrainOrder | undefined> {
    const order = this.tables.drains.get(workerId);
    const isAlive = this.tables.workers.get(workerId)?.state === 'alive';
    return order === undefined || !isAlive ? undefined : { thenExit: order.thenExit };
  }

  async bury(workerId: string, transaction?: MemoryTransaction): Promise<OrderedWorker | undefined> {
    const worker = this.tables.workers.get(workerId);
    if (worker === undefined || !isLiving(worker)) return worker && orderedOf(worker, false);
    const buried: WorkerRow = {
      ...worker,
      state: 'dead',
      leaseExpiresAt: Math.min(worker.leaseExpiresAt, this.tables.now()),
    };
    const write = (): void => void this.tables.workers.set(workerId, buried);
    if (transaction === undefined) write();
    else transaction.onCommit(write);
    return orderedOf(buried, true);
  }
}

function orderedOf({ workerId, host, pid, queues, state }: WorkerRow, isChanged: boolean): OrderedWorker {
  return { workerId, host, pid, queues, state, isChanged };
}
