import type { JobStatus } from '../core/job-status.js';
import type { QueueDepth } from '../core/ports/traffic-readings.js';

/** What is counted further than a limit is an estimate; never less than what was counted. */
interface Estimated {
  readonly count: number;
  readonly isEstimated: boolean;
}

function countUpTo(limit: number, counted: number, estimate: number | undefined): Estimated {
  if (counted < limit) return { count: counted, isEstimated: false };
  return { count: Math.max(counted, estimate ?? 0), isEstimated: true };
}

/** How many jobs there are by status, and which of the counts are estimates. */
export function standingCounts(
  row: StandingRow,
  limit: number,
): { counts: Record<JobStatus, number>; estimated: JobStatus[] } {
  const analysed = row.analysed ?? {};
  // Those that wait were told apart in one walk, and so were those that have ended: both are cut together.
  const waitingIsCut = Number(row.waiting) >= 2 * limit;
  const endedIsCut = Number(row.ended) >= limit;
  const one = (status: JobStatus, isCut: boolean): Estimated =>
    countUpTo(isCut ? 0 : Infinity, Number(row[status]), analysed[status]);
  const estimates: Record<JobStatus, Estimated> = {
    scheduled: one('scheduled', waitingIsCut),
    pending: one('pending', Number(row.pending) >= limit),
    running: one('running', Number(row.running) >= limit),
    failed: one('failed', waitingIsCut),
    completed: one('completed', endedIsCut),
    dead: one('dead', Number(row.dead) >= limit),
    cancelled: one('cancelled', endedIsCut),
  };
  const entries = Object.entries(estimates) as [JobStatus, Estimated][];
  return {
    counts: Object.fromEntries(entries.map(([status, { count }]) => [status, count])) as Record<
      JobStatus,
      number
    >,
    estimated: entries.filter(([, { isEstimated }]) => isEstimated).map(([status]) => status),
  };
}

/** How one queue stands. */
export function depthOf(row: DepthRow, limit: number): { depth: QueueDepth; isEstimated: boolean } {
  const waitingIsCut = Number(row.scheduled) + Number(row.failed) >= limit;
  const one = (status: CountedInQueue, isCut: boolean): Estimated =>
    countUpTo(isCut ? 0 : Infinity, Number(row[status]), row.estimates?.[status]);
  const pending = one('pending', Number(row.pending) >= limit);
  const running = one('running', Number(row.running) >= limit);
  const dead = one('dead', Number(row.dead) >= limit);
  const scheduled = one('scheduled', waitingIsCut);
  const failed = one('failed', waitingIsCut);
  return {
    depth: {
      queue: row.queue,
      pending: pending.count,
      running: running.count,
      dead: dead.count,
      scheduled: scheduled.count,
      failed: failed.count,
      liveWorkers: Number(row.live_workers),
      paused: row.paused,
      pausedTypes: row.paused_types,
    },
    isEstimated: [pending, running, dead, scheduled, failed].some(({ isEstimated }) => isEstimated),
  };
}

type CountedInQueue = 'pending' | 'running' | 'dead' | 'scheduled' | 'failed';

/** As read-standing-counts answers; counts are bigint in PostgreSQL, which node-postgres gives as text. */
export interface StandingRow extends Readonly<Record<JobStatus, string>> {
  readonly waiting: string;
  readonly ended: string;
  readonly analysed: Readonly<Partial<Record<JobStatus, number>>> | null;
  readonly died_lately: string;
  readonly oldest_transaction_ms: string;
  readonly late_schedules: string;
}

/** As read-queue-depths answers. */
export interface DepthRow extends Readonly<Record<CountedInQueue, string>> {
  readonly queue: string;
  readonly estimates: Readonly<Partial<Record<CountedInQueue, number>>> | null;
  readonly live_workers: string;
  readonly paused: boolean;
  readonly paused_types: string[];
}
