import { randomUUID } from 'node:crypto';
import { LONGEST_DURATION_MS } from '../core/duration.js';
import type { WorkerIdentity, WorkerRegistry } from '../core/ports/worker-registry.js';

/**
 * The worker processes as the ledger sees them: the one that runs the tests, whose lease does not end because a
 * virtual clock jumps; and, for each crash that a test asks for, one that runs a single job and dies of it.
 */
export class SimulatedProcesses implements WorkerRegistry {
  private identity: WorkerIdentity | undefined;
  private leaseMs = 0;
  /** How many of the next runs of a job type are to crash. */
  private readonly planned = new Map<string, number>();
  /** Has claimed nothing yet. */
  private waiting: string | undefined;
  /** Run, and will die before they settle. */
  private readonly doomed = new Set<string>();

  constructor(private readonly registry: WorkerRegistry) {}

  async register(worker: WorkerIdentity, leaseMs: number): Promise<void> {
    this.identity = worker;
    this.leaseMs = leaseMs;
    await this.registry.register(worker, LONGEST_DURATION_MS);
  }

  async beat(workerId: string): Promise<boolean> {
    for (const id of this.doomed) await this.registry.beat(id, this.leaseMs);
    return this.registry.beat(workerId, LONGEST_DURATION_MS);
  }

  markDraining(workerId: string): Promise<void> {
    return this.registry.markDraining(workerId);
  }

  sayGoodbye(workerId: string): Promise<void> {
    return this.registry.sayGoodbye(workerId);
  }

  /** Threads know no virtual time. */
  startWatchdog(): { readonly impossible: string } {
    return { impossible: 'time is virtual' };
  }

  planCrash(type: string): void {
    this.planned.set(type, (this.planned.get(type) ?? 0) + 1);
  }

  forgetPlans(): void {
    this.planned.clear();
  }

  isCrashPlanned(type: string): boolean {
    return (this.planned.get(type) ?? 0) > 0;
  }

  /** The process that the next crash happens to; its worker id. */
  async standIn(): Promise<string> {
    if (this.identity === undefined) throw new Error('A process crashes only while the workers run.');
    if (this.waiting === undefined) {
      this.waiting = randomUUID();
      await this.registry.register({ ...this.identity, workerId: this.waiting }, LONGEST_DURATION_MS);
    }
    return this.waiting;
  }

  /** It runs a job of this type: that crash is no longer planned, it happens. */
  async hasBegun(workerId: string, type: string): Promise<void> {
    this.waiting = undefined;
    this.doomed.add(workerId);
    this.planned.set(type, (this.planned.get(type) ?? 0) - 1);
    await this.registry.beat(workerId, this.leaseMs);
  }

  /** Whether the process will die before it can settle what it runs. */
  isDoomed(workerId: string): boolean {
    return this.doomed.has(workerId);
  }

  /** Whether the process dies instead of settling. Its last heartbeat is sent now: from here the lease runs out. */
  async diesBeforeSettling(workerId: string): Promise<boolean> {
    if (!this.doomed.delete(workerId)) return false;
    await this.registry.beat(workerId, this.leaseMs);
    return true;
  }
}
