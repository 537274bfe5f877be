import { compareText } from '../core/compare-text.js';
import { errorNameOf, fingerprintOf } from '../core/error-fingerprint.js';
import type { ErrorGroup, ErrorGroupList } from '../core/error-group.js';
import { JOB_STATUSES, type JobStatus } from '../core/job-status.js';
import type { JobRun } from '../core/job.js';
import { isHandledBy } from '../core/ports/job-standings.js';
import {
  FAILED_OUTCOMES,
  type LivingGroup,
  type QueueDepths,
  type RunTimes,
  type StandingReading,
  type TrafficCell,
  type TrafficReading,
  type TrafficReadings,
} from '../core/ports/traffic-readings.js';
import type { JobRow } from './memory-job-row.js';
import { MemoryLedgerReadings } from './memory-ledger-readings.js';
import type { MemoryTables } from './memory-tables.js';

const HOUR_MS = 3_600_000;
const MOST_TYPES = 20;

/** A run together with its job. */
interface EndedRun {
  readonly job: JobRow;
  readonly run: JobRun;
}

/** The door of overviews, in memory: everything is counted. */
export class MemoryTrafficReadings implements TrafficReadings {
  private readonly readings: MemoryLedgerReadings;

  constructor(private readonly tables: MemoryTables) {
    this.readings = new MemoryLedgerReadings(tables);
  }

  async depths(queues: readonly string[]): Promise<QueueDepths> {
    const readings = await this.readings.queues(queues);
    return {
      queues: readings.map(({ oldestPendingMs: _age, ...depth }) => depth),
      approximate: false,
    };
  }

  async traffic(windowMs: number, parts: number): Promise<TrafficReading> {
    const nowMs = this.tables.now();
    const began = nowMs - windowMs;
    const jobs = this.tables.allJobs();
    const partOf = (instant: number): number =>
      Math.min(parts - 1, Math.floor((instant - began) / (windowMs / parts)));
    const completed = jobs.filter((job) => job.status === 'completed' && (job.completedAt ?? 0) >= began);
    const failed = this.failedRuns(began);
    return {
      nowMs,
      enqueued: cellsOf(
        jobs.filter((job) => job.createdAt >= began).map((job) => ({ job, part: partOf(job.createdAt) })),
      ),
      completed: cellsOf(completed.map((job) => ({ job, part: partOf(job.completedAt ?? 0) }))),
      failed: cellsOf(failed.map(({ job, run }) => ({ job, part: partOf(+run.finishedAt) }))),
      times: this.timesOf(completed),
      approximate: false,
    };
  }

  async standing(): Promise<StandingReading> {
    const jobs = this.tables.allJobs();
    const now = this.tables.now();
    const count = (status: JobStatus): number => jobs.filter((job) => job.status === status).length;
    return {
      counts: Object.fromEntries(JOB_STATUSES.map((status) => [status, count(status)])) as Record<
        JobStatus,
        number
      >,
      estimated: [],
      groups: this.groups(),
      diedLately: jobs.filter((job) => job.status === 'dead' && (job.completedAt ?? 0) > now - HOUR_MS)
        .length,
      oldestTransactionMs: 0,
      lateSchedules: 0,
      approximate: false,
    };
  }

  async errorGroups(windowMs: number, limit: number): Promise<ErrorGroupList> {
    const members = new Map<string, EndedRun[]>();
    for (const ended of this.failedRuns(this.tables.now() - windowMs)) {
      const fingerprint = fingerprintOf(ended.run.errorMessage ?? '');
      members.set(fingerprint, [...(members.get(fingerprint) ?? []), ended]);
    }
    const groups = [...members].map(([fingerprint, runs]) => groupOf(fingerprint, runs));
    groups.sort((left, right) => right.runs - left.runs || +right.lastSeenAt - +left.lastSeenAt);
    return { groups: groups.slice(0, limit), approximate: false };
  }

  private failedRuns(began: number): EndedRun[] {
    const isError = ({ outcome, finishedAt }: JobRun): boolean =>
      (FAILED_OUTCOMES as readonly string[]).includes(outcome) && +finishedAt >= began;
    return this.tables.allJobs().flatMap((job) =>
      this.tables
        .runsOf(job.id)
        .filter(isError)
        .map((run) => ({ job, run })),
    );
  }

  private timesOf(completed: readonly JobRow[]): RunTimes[] {
    const ended = completed.flatMap((job) =>
      this.tables
        .runsOf(job.id)
        .filter(({ run }) => run === job.run)
        .map((run) => ({
          job,
          waitMs: Math.max(0, +run.startedAt - Math.max(job.createdAt, job.scheduledAt ?? 0)),
          runMs: Math.max(0, +run.finishedAt - +run.startedAt),
        })),
    );
    const keys = new Map<string, { queue: string | null; type: string | null }>();
    for (const { job } of ended) {
      for (const key of [
        { queue: job.queue, type: job.type },
        { queue: job.queue, type: null },
        { queue: null, type: job.type },
        { queue: null, type: null },
      ])
        keys.set(`${key.queue} ${key.type}`, key);
    }
    return [...keys.values()].map(({ queue, type }) => {
      const meant = ended.filter(
        ({ job }) => (queue === null || job.queue === queue) && (type === null || job.type === type),
      );
      const waits = meant.map(({ waitMs }) => waitMs);
      const runs = meant.map(({ runMs }) => runMs);
      return {
        queue,
        type,
        waitP50Ms: percentile(waits, 0.5),
        waitP95Ms: percentile(waits, 0.95),
        runP50Ms: percentile(runs, 0.5),
        runP95Ms: percentile(runs, 0.95),
      };
    });
  }

  private groups(): LivingGroup[] {
    const now = this.tables.now();
    const living = this.tables.allJobs().filter(({ status }) => status === 'pending' || status === 'running');
    const names = new Map(living.map(({ queue, type }) => [`${queue} ${type}`, { queue, type }]));
    const groups = [...names.values()].map(({ queue, type }) => {
      const jobs = living.filter((job) => job.queue === queue && job.type === type);
      const pending = jobs.filter(({ status }) => status === 'pending');
      const workers = [...this.tables.workers.values()].filter(
        (worker) => worker.state === 'alive' && worker.leaseExpiresAt > now && worker.queues.includes(queue),
      );
      return {
        queue,
        type,
        pending: pending.length,
        running: jobs.length - pending.length,
        oldestPendingMs:
          pending.length === 0 ? null : now - Math.min(...pending.map(({ updatedAt }) => updatedAt)),
        liveWorkers: workers.length,
        ableWorkers: workers.filter(
          ({ types }) => types === null || types.some((one) => isHandledBy(type, one)),
        ).length,
        isPaused: this.tables.isPaused({ queue, type }),
      };
    });
    return groups.sort(
      (left, right) => compareText(left.queue, right.queue) || compareText(left.type, right.type),
    );
  }
}

function cellsOf(found: readonly { readonly job: JobRow; readonly part: number }[]): TrafficCell[] {
  const cells = new Map<string, TrafficCell>();
  for (const { job, part } of found) {
    const key = `${part} ${job.queue} ${job.type}`;
    const { queue, type } = job;
    cells.set(key, { part, queue, type, count: (cells.get(key)?.count ?? 0) + 1 });
  }
  return [...cells.values()];
}

function groupOf(fingerprint: string, runs: readonly EndedRun[]): ErrorGroup {
  const inOrder = runs.toSorted((left, right) => +left.run.finishedAt - +right.run.finishedAt);
  const [first] = inOrder;
  const last = inOrder.at(-1);
  if (first === undefined || last === undefined) throw new Error('A group of errors has at least one run.');
  const jobs = new Map(runs.map(({ job }) => [job.id, job]));
  const dead = [...jobs.values()].filter(
    (job) =>
      job.status === 'dead' &&
      runs.some((ended) => ended.job.id === job.id && ended.run.errorMessage === job.errorMessage),
  );
  const message = last.run.errorMessage ?? '';
  return {
    fingerprint,
    errorName: errorNameOf(message),
    message,
    types: [...new Set(runs.map(({ job }) => job.type))].sort(compareText).slice(0, MOST_TYPES),
    runs: runs.length,
    jobs: jobs.size,
    dead: dead.length,
    firstSeenAt: first.run.finishedAt,
    lastSeenAt: last.run.finishedAt,
    sampleJobId: last.job.id,
  };
}

/** As PostgreSQL's percentile_cont: between two neighbours where need be. */
function percentile(values: readonly number[], share: number): number {
  const inOrder = values.toSorted((left, right) => left - right);
  const place = share * (inOrder.length - 1);
  const below = inOrder[Math.floor(place)] ?? 0;
  const above = inOrder[Math.ceil(place)] ?? below;
  return below + (above - below) * (place - Math.floor(place));
}
