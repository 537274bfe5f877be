import type { WorkerIdentity, WorkerRegistry } from '../core/ports/worker-registry.js';
import type { MemoryTables, WorkerRow } from './memory-tables.js';

/** The worker's door for its own life, in memory. */
export class MemoryWorkerRegistry implements WorkerRegistry {
  constructor(private readonly tables: MemoryTables) {}

  async register(worker: WorkerIdentity, leaseMs: number): Promise<void> {
    const { workers } = this.tables;
    const now = this.tables.now();
    const known = workers.get(worker.workerId);
    const lease = { heartbeatAt: now, leaseExpiresAt: now + leaseMs };
    if (known === undefined) {
      workers.set(worker.workerId, { ...worker, ...lease, state: 'alive', startedAt: now });
    } else if (known.state === 'alive') {
      workers.set(worker.workerId, { ...known, ...lease });
    }
  }

  async beat(workerId: string, leaseMs: number): Promise<boolean> {
    const now = this.tables.now();
    return this.changeLiving(workerId, { heartbeatAt: now, leaseExpiresAt: now + leaseMs });
  }

  async markDraining(workerId: string): Promise<void> {
    this.changeLiving(workerId, { state: 'draining', heartbeatAt: this.tables.now() });
  }

  async sayGoodbye(workerId: string): Promise<void> {
    this.changeLiving(workerId, { state: 'stopped', heartbeatAt: this.tables.now() });
  }

  startWatchdog(): { readonly impossible: string } {
    return { impossible: 'memory belongs to one thread' };
  }

  private changeLiving(workerId: string, change: Partial<WorkerRow>): boolean {
    const worker = this.tables.workers.get(workerId);
    if (worker === undefined || !isLiving(worker)) return false;
    this.tables.workers.set(workerId, { ...worker, ...change });
    return true;
  }
}

/** Neither stopped nor found dead. */
export function isLiving({ state }: WorkerRow): boolean {
  return state === 'alive' || state === 'draining';
}
