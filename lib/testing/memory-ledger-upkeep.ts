import { byClaimOrder } from '../core/claim-order.js';
import { compareText } from '../core/compare-text.js';
import type { RescuedJobEvent } from '../core/events.js';
import type { Hint, QueuedHint } from '../core/job.js';
import type {
  BuriedWorker,
  DutyName,
  DutyPlan,
  DutyTurn,
  LedgerUpkeep,
  Promoted,
  RescueLimits,
} from '../core/ports/ledger-upkeep.js';
import { hintOf, type JobRow } from './memory-job-row.js';
import { agingOf } from './memory-aging.js';
import { isOrphaned, rescuedRow, rescuedRunOf } from './memory-rescue.js';
import type { DutyRow, MemoryTables, WorkerRow } from './memory-tables.js';
import { isLiving } from './memory-worker-registry.js';

/** The first move is the worker's own watchdog's. */
const BURIAL_GRACE_MS = 500;
/** Rows of workers that have ended are kept for so long. */
const ENDED_WORKER_MS = 86_400_000;

/** Maintenance's door, in memory. */
export class MemoryLedgerUpkeep implements LedgerUpkeep {
  constructor(private readonly tables: MemoryTables) {}

  async takeDuty(duty: DutyName, queues: readonly string[], plan: DutyPlan): Promise<DutyTurn[]> {
    return [...queues].sort(compareText).flatMap((queue) => this.takeTurn(duty, queue, plan) ?? []);
  }

  async promote(queue: string, limit: number): Promise<Promoted> {
    const now = this.tables.now();
    const due = this.tables
      .freeJobs()
      .filter((row) => row.queue === queue && isDue(row, now))
      .sort(byDueTime)
      .slice(0, limit);
    this.tables.write(due.map((row) => ({ ...row, status: 'pending', updatedAt: now })));
    const [next] = this.jobsOf(queue).filter(isWaiting).sort(byDueTime);
    const nextDueInMs = next === undefined ? null : Math.max(0, dueTimeOf(next) - now);
    return { jobs: due.map(hintOf), nextDueInMs };
  }

  async bury(queues: readonly string[]): Promise<BuriedWorker[]> {
    const now = this.tables.now();
    const buried: BuriedWorker[] = [];
    for (const worker of this.workersOf(queues)) {
      const { workerId, host, pid } = worker;
      if (isLiving(worker)) {
        if (worker.leaseExpiresAt >= now - BURIAL_GRACE_MS) continue;
        this.tables.workers.set(workerId, { ...worker, state: 'dead' });
        buried.push({ workerId, host, pid });
      } else if (worker.heartbeatAt < now - ENDED_WORKER_MS) {
        this.tables.workers.delete(workerId);
      }
    }
    return buried;
  }

  async rescue(queue: string, limits: RescueLimits): Promise<RescuedJobEvent[]> {
    const now = this.tables.now();
    const orphans = this.tables
      .freeJobs()
      .filter((row) => row.queue === queue && isOrphaned(row, this.ownerOf(row), limits, now))
      .sort(byOwner)
      .slice(0, limits.batchSize);
    return orphans.map((orphan) => {
      const owner = this.ownerOf(orphan);
      const rescued = rescuedRow(orphan, owner, limits, now);
      this.tables.write([rescued]);
      this.tables.recordRun(orphan.id, rescuedRunOf(orphan, owner, now));
      return {
        ...hintOf(rescued),
        run: rescued.run,
        status: rescued.status,
        attempt: orphan.retryCount + 1,
        workerId: orphan.lockedBy ?? '',
        cancelReason: orphan.cancelReason,
      };
    });
  }

  async pendingTypes(queue: string): Promise<string[]> {
    const types = this.jobsOf(queue)
      .filter(isPending)
      .map((row) => row.type);
    return [...new Set(types)].sort(compareText);
  }

  async countPending(queues: readonly string[], types: readonly string[], limit: number): Promise<number> {
    const pending = this.tables
      .allJobs()
      .filter((row) => isPending(row) && queues.includes(row.queue) && types.includes(row.type));
    return Math.min(limit, pending.length);
  }

  async age(queue: string, waitedMs: number, limit: number): Promise<QueuedHint[]> {
    const pending = this.tables.freeJobs().filter((row) => row.queue === queue && isPending(row));
    const waiting = agingOf(pending, this.tables.now() - waitedMs, limit);
    const raised = waiting.map((row) => ({ ...row, priority: row.priority + 1 }));
    this.tables.write(raised);
    return raised.map(hintOf);
  }

  async firstPending(queue: string, type: string, limit: number): Promise<Hint[]> {
    const ofType = this.jobsOf(queue).filter((row) => row.type === type && isPending(row));
    const first = ofType.sort(byClaimOrder).slice(0, limit);
    return first.map(({ id, priority }) => ({ id, type, priority }));
  }

  async countUnfinishedDue(queues: readonly string[], types: readonly string[]): Promise<number> {
    const now = this.tables.now();
    const jobs = this.tables
      .allJobs()
      .filter((row) => queues.includes(row.queue) && types.includes(row.type))
      .filter((row) => {
        const isReady = isPending(row) || isDue(row, now);
        return (isReady && !this.tables.isPaused(row)) || this.isLeftBehind(row, now);
      });
    return jobs.length;
  }

  /** A duty that is not known yet has its first turn at the next call: the statement that adds it does not see it. */
  private takeTurn(duty: DutyName, queue: string, plan: DutyPlan): DutyTurn | undefined {
    const { duties } = this.tables;
    const now = this.tables.now();
    const key = `${duty} ${queue}`;
    const known = duties.get(key);
    if (known === undefined) duties.set(key, { dueAt: now, lastRanAt: null, quietUntil: now });
    if (known === undefined || known.dueAt > now) return undefined;
    const sinceLastMs = known.lastRanAt === null ? null : now - known.lastRanAt;
    const hadGap = sinceLastMs === null || sinceLastMs > plan.longestGapMs;
    const quietUntil = hadGap ? now + plan.quietMs : known.quietUntil;
    const taken: DutyRow = { dueAt: now + plan.periodMs, lastRanAt: now, quietUntil };
    duties.set(key, taken);
    return { queue, sinceLastMs, quietForMs: Math.max(0, quietUntil - now) };
  }

  private jobsOf(queue: string): JobRow[] {
    return this.tables.allJobs().filter((row) => row.queue === queue);
  }

  private workersOf(queues: readonly string[]): WorkerRow[] {
    return [...this.tables.workers.values()].filter((worker) =>
      worker.queues.some((queue) => queues.includes(queue)),
    );
  }

  private ownerOf(row: JobRow): WorkerRow | undefined {
    return row.lockedBy === null ? undefined : this.tables.workers.get(row.lockedBy);
  }

  private isLeftBehind(row: JobRow, now: number): boolean {
    if (row.status !== 'running') return false;
    const owner = this.ownerOf(row);
    return owner === undefined || !isLiving(owner) || owner.leaseExpiresAt <= now;
  }
}

function isPending({ status }: JobRow): boolean {
  return status === 'pending';
}

function isWaiting({ status }: JobRow): boolean {
  return status === 'scheduled' || status === 'failed';
}

function isDue(row: JobRow, now: number): boolean {
  return isWaiting(row) && dueTimeOf(row) <= now;
}

function byDueTime(left: JobRow, right: JobRow): number {
  return dueTimeOf(left) - dueTimeOf(right);
}

/** Worker by worker. */
function byOwner(left: JobRow, right: JobRow): number {
  return compareText(left.lockedBy ?? '', right.lockedBy ?? '');
}

/** A job that waits has a due time: the constraint `kyu_jobs_wait` sees to it. */
function dueTimeOf(row: JobRow): number {
  return row.scheduledAt ?? Infinity;
}
