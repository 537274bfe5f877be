import type { EntityManager } from 'typeorm';
import type { Claim } from '../core/claim.js';
import type { CancelRequest, LogEntry, OpenRuns } from '../core/ports/open-runs.js';
import type { Settlement } from '../core/settlement.js';
import { afterCommit, transactionOf } from './memory-managers.js';
import type { MemoryOpenRuns } from './memory-open-runs.js';
import type { SimulatedProcesses } from './simulated-processes.js';

/** The door for runs under way of a test application: for managers, and closed to a process that is to die. */
export class TestOpenRuns implements OpenRuns<EntityManager> {
  constructor(
    private readonly openRuns: MemoryOpenRuns,
    private readonly processes: SimulatedProcesses,
  ) {}

  cancelRequests(workerIds: readonly string[]): Promise<CancelRequest[]> {
    return this.openRuns.cancelRequests(workerIds);
  }

  extend(claim: Claim, forMs: number): Promise<boolean> {
    return this.openRuns.extend(claim, forMs);
  }

  keepLogLines(entries: readonly LogEntry[]): Promise<void> {
    return this.openRuns.keepLogLines(entries);
  }

  /** A process that dies before it settles takes its open transaction with it. */
  async settleIn(settlement: Settlement, manager: EntityManager): Promise<boolean> {
    if (this.processes.isDoomed(settlement.claim.workerId)) return false;
    return this.openRuns.settleIn(settlement, transactionOf(manager));
  }

  afterCommit(manager: EntityManager, action: () => void): void {
    afterCommit(manager, action);
  }
}
