import type { FaultEvent } from './events.js';
import type { AttemptRow, History, JobRow } from './history.js';

/** A small history that a test can plant violations in: every line says one thing that happened. */
export class PlantedHistory {
  private readonly events: FaultEvent[] = [];
  private readonly jobs: JobRow[] = [];
  private readonly attempts: AttemptRow[] = [];
  private readonly kills: { pid: number; at: number }[] = [];
  private readonly exits: { pid: number; at: number }[] = [];
  private readonly pauses: { pid: number; from: number; to: number }[] = [];
  private readonly enqueuedIds: string[] = [];

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
    const { attempts, enqueuedIds, events, exits, jobs, kills, pauses } = this;
    return { enqueued: enqueuedIds, events, jobs, attempts, kills, exits, pauses };
  }
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
