import type { Claim } from '../../../lib/core/claim.js';
import type { CancelRequest, LogEntry, OpenRuns } from '../../../lib/core/ports/open-runs.js';
import type { Settlement } from '../../../lib/core/settlement.js';

/** A transaction of a test: what waits for its commit. */
export interface FakeTransaction {
  readonly queryRunner?: object;
  readonly actions: (() => void)[];
}

export function fakeTransaction(): FakeTransaction {
  return { actions: [] };
}

/** A ledger's door for open runs that does what a test says, and keeps what it is told. */
export class FakeOpenRuns implements OpenRuns<FakeTransaction> {
  isOurs = true;
  requests: CancelRequest[] = [];
  /** The worker ids of each look for requests. */
  readonly looks: (readonly string[])[] = [];
  readonly writes: LogEntry[][] = [];
  readonly extensions: number[] = [];
  readonly settled: Settlement[] = [];

  async cancelRequests(workerIds: readonly string[]): Promise<CancelRequest[]> {
    this.looks.push(workerIds);
    return this.requests;
  }

  async extend(_claim: Claim, forMs: number): Promise<boolean> {
    this.extensions.push(forMs);
    return this.isOurs;
  }

  async keepLogLines(entries: readonly LogEntry[]): Promise<void> {
    this.writes.push([...entries]);
  }

  async settleIn(settlement: Settlement): Promise<boolean> {
    if (this.isOurs) this.settled.push(settlement);
    return this.isOurs;
  }

  afterCommit({ actions }: FakeTransaction, action: () => void): void {
    actions.push(action);
  }

  get lines(): string[] {
    return this.writes.flat().map(({ message }) => message);
  }
}
