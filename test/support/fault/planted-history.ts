import type { FaultEvent } from './events.js';
import type { JobStatus } from '../../../lib/core/job-status.js';
import type { AuditedState } from '../job-steps.js';
import type { AttemptRow, History, JobChange, JobRow, WorkerRow } from './history.js';

/** A small history that a test can plant violations in: every line says one thing that happened. */
export class PlantedHistory {
  private readonly events: FaultEvent[] = [];
  private readonly jobs: JobRow[] = [];
  private readonly attempts: AttemptRow[] = [];
  private readonly kills: { pid: number; at: number }[] = [];
  private readonly exits: { pid: number; at: number }[] = [];
  private readonly pauses: { pid: number; from: number; to: number }[] = [];
  private readonly enqueuedIds: string[] = [];
  private readonly acknowledgements: FaultEvent[] = [];
  private changes: JobChange[] | undefined;
  private workers: WorkerRow[] | undefined;
  private concurrency: number | undefined;
  private readonly ailments: string[] = [];

  enqueued(...jobs: string[]): this {
    this.enqueuedIds.push(...jobs);
    return this;
  }

  started(job: string, run: number, pid: number, at: number): this {
    this.events.push({ kind: 'start', job, run, pid, at });
    return this;
  }

  returned(job: string, run: number, pid: number, at: number): this {
    this.events.push({ kind: 'end', job, run, pid, at, result: 'returned' });
    return this;
  }

  threw(job: string, run: number, pid: number, at: number): this {
    this.events.push({ kind: 'end', job, run, pid, at, result: 'threw' });
    return this;
  }

  killed(pid: number, at: number): this {
    this.kills.push({ pid, at });
    return this;
  }

  exited(pid: number, at: number): this {
    this.exits.push({ pid, at });
    return this;
  }

  frozen(pid: number, from: number, to: number): this {
    this.pauses.push({ pid, from, to });
    return this;
  }

  /** A producer hears that the job is committed. */
  acknowledged(job: string, at: number): this {
    this.acknowledgements.push({ kind: 'enqueued', jobs: [job], pid: 99, at });
    return this;
  }

  /** A step that the trigger saw: into this state from the last one of the job, unless another is said. */
  stepped(job: string, at: number, after: PlantedState, before?: PlantedState): this {
    this.changes ??= [];
    const last = this.changes.findLast(({ jobId }) => jobId === job)?.after ?? null;
    this.changes.push({
      jobId: job,
      before: before === undefined ? last : stateOf(before),
      after: stateOf(after),
      at,
    });
    return this;
  }

  /** Processes that were workers, each by the id that attempts give it. */
  workedBy(...pids: number[]): this {
    this.workers = pids.map((pid) => ({ id: `worker-${pid}`, pid, state: 'alive' }));
    return this;
  }

  /** So many runs at once for each process. */
  withPlaces(count: number): this {
    this.concurrency = count;
    return this;
  }

  ailing(what: string): this {
    this.ailments.push(what);
    return this;
  }

  /** A row of `kyu_attempts`; the worker's id is made from its process. */
  attempt(job: string, run: number, outcome: string, pid: number): this {
    this.attempts.push({ job, run, attempt: run, outcome, pid, workerId: `worker-${pid}` });
    return this;
  }

  /** A row of `kyu_jobs`. */
  row(id: string, row: Partial<JobRow>): this {
    const plain = { type: 'nap', status: 'completed', run: 1, retryCount: 0, maxRetries: 3, crashCount: 0 };
    this.jobs.push({ id, errorMessage: null, ...plain, ...row });
    return this;
  }

  get history(): History {
    const { acknowledgements, ailments, attempts, changes, concurrency, workers } = this;
    const { enqueuedIds, events, exits, jobs, kills, pauses } = this;
    return {
      enqueued: enqueuedIds,
      events: [...acknowledgements, ...events],
      jobs,
      attempts,
      kills,
      exits,
      pauses,
      ailments,
      judgedAt: LONG_AFTER,
      ...(changes === undefined ? {} : { changes }),
      ...(workers === undefined ? {} : { workers }),
      ...(concurrency === undefined ? {} : { concurrency }),
    };
  }
}

/** When everything planted has happened. */
const LONG_AFTER = 100_000;

/** A state of a job in short: its status, its run, and the process that owns it. */
export type PlantedState = readonly [status: JobStatus, run: number, pid?: number];

function stateOf([status, run, pid]: PlantedState): AuditedState {
  return { status, run, owner: pid === undefined ? null : `worker-${pid}`, retryCount: 0, maxRetries: 3 };
}

/** The same as `soundHistory`, with the trail that the ledger kept of it. */
export function soundTrail(): PlantedHistory {
  return soundHistory()
    .acknowledged('sound', 5)
    .stepped('sound', 4, ['pending', 0])
    .stepped('sound', 8, ['running', 1, 1])
    .stepped('sound', 25, ['completed', 1])
    .workedBy(1);
}

/** A job that was enqueued, run once by process 1, and completed: nothing is wrong with it. */
export function soundHistory(): PlantedHistory {
  return new PlantedHistory()
    .enqueued('sound')
    .started('sound', 1, 1, 10)
    .returned('sound', 1, 1, 20)
    .attempt('sound', 1, 'completed', 1)
    .row('sound', {});
}
