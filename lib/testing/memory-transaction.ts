import type { JobId } from '../core/job.js';
import type { JobRow } from './memory-job-row.js';

/** What the tables do when a transaction ends. */
export type EndOfTransaction = (outcome: 'committed' | 'rolled back') => void;

/**
 * A transaction of the memory ledger: what is done in it becomes visible to others at its commit, and never after a
 * rollback. Until then it holds the jobs that it wrote, as a row lock would.
 *
 * It has no savepoints.
 */
export class MemoryTransaction {
  /** What it wrote, for its own eyes until the commit; `undefined` = deleted. */
  readonly changes = new Map<JobId, JobRow | undefined>();
  /** Resolves when it has ended, either way. */
  readonly ended: Promise<void>;
  private open = true;
  private readonly writes: (() => void)[] = [];
  private readonly actions: (() => void)[] = [];
  private announceEnd: () => void = () => {};

  /** Begun by `MemoryLedger.begin`. Within a transaction the time stands still, as PostgreSQL's `now()` does. */
  constructor(
    readonly startedAt: number,
    private readonly onEnd: EndOfTransaction,
  ) {
    this.ended = new Promise((resolve) => (this.announceEnd = resolve));
  }

  get isOpen(): boolean {
    return this.open;
  }

  /** Makes everything visible, then runs what waits for the commit. */
  commit(): void {
    this.end('committed');
    for (const write of this.writes) write();
    for (const action of this.actions) action();
  }

  /** Forgets everything. */
  rollback(): void {
    this.end('rolled back');
  }

  /** Makes something visible at the commit, before anybody hears of it. */
  onCommit(write: () => void): void {
    this.requireOpen();
    this.writes.push(write);
  }

  /** Runs `action` after the commit, never after a rollback; at once when it has ended already. */
  afterCommit(action: () => void): void {
    if (this.open) this.actions.push(action);
    else action();
  }

  /** @throws Error when the transaction has ended: what is done in it now would belong to nothing */
  requireOpen(): void {
    if (!this.open) throw new Error('The memory transaction has ended. Begin another one.');
  }

  private end(outcome: 'committed' | 'rolled back'): void {
    this.requireOpen();
    this.open = false;
    this.onEnd(outcome);
    this.announceEnd();
  }
}
