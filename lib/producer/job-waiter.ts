import { LONGEST_TIMER_MS, parseDuration, type Duration } from '../core/duration.js';
import {
  InvalidQueryError,
  JobCancelledError,
  JobDeadError,
  JobNotFoundError,
  JobWaitTimeoutError,
  KyuClosedError,
  LedgerUnavailableError,
} from '../core/errors.js';
import type { EventBus } from '../core/event-bus.js';
import { isFinal } from '../core/job-status.js';
import { isJobId } from '../core/job-id.js';
import type { JobId } from '../core/job.js';
import type { Clock, Timer } from '../core/ports/clock.js';
import type { JobOutcomes, JobStanding } from '../core/ports/job-outcomes.js';
import { describeValue } from '../core/redact.js';

/** What the waiter works with. */
export interface WaiterParts {
  readonly outcomes: JobOutcomes;
  readonly clock: Clock;
  readonly events: EventBus;
}

/** How long somebody waits for a job. */
export interface WaitOptions {
  /** Default 30 s. */
  timeout?: Duration;
}

/** Somebody who waits for a job. */
interface Waiting {
  readonly id: JobId;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly timer: Timer;
}

const LOOK_EVERY_MS = 250;
const USUAL_TIMEOUT_MS = 30_000;
const WAIT_KEYS = ['timeout'];

/**
 * Waits for the ends of jobs: one look at the ledger for all who wait, four times a second, and at once when this very
 * process hears of an end.
 *
 * Modes: idle (nobody waits, no timer) → looking (somebody waits) → idle. A look that fails is repeated; only the
 * caller's own time limit ends a wait.
 */
export class JobWaiter {
  private readonly waiting = new Set<Waiting>();
  private timer: Timer | undefined;
  private looking: Promise<void> | undefined;
  /** Something ended while a look was under way, which may have come too early to see it. */
  private mustLookAgain = false;

  constructor(private readonly parts: WaiterParts) {
    const { events } = parts;
    events.on('runs.settled', ({ settlements }) => this.noteEnd(() => settlements.map(({ claim }) => claim)));
    events.on('job.cancelled', ({ job }) => this.noteEnd(() => [job]));
    events.on('jobs.rescued', ({ jobs }) => this.noteEnd(() => jobs));
  }

  /** @throws InvalidQueryError when the id or the time cannot be one */
  wait(id: JobId, options: WaitOptions): Promise<unknown> {
    if (!isJobId(id)) throw new InvalidQueryError('id', describeValue(id), 'the id of a job');
    const timeoutMs = readTimeout(options);
    return new Promise((resolve, reject) => {
      const timer = this.parts.clock.after(timeoutMs, () => {
        this.finish(waiting, () => reject(new JobWaitTimeoutError(id, timeoutMs)));
      });
      const waiting: Waiting = { id: id.toLowerCase(), resolve, reject, timer };
      this.waiting.add(waiting);
      this.timer ??= this.parts.clock.every(LOOK_EVERY_MS, () => void this.look());
      void this.look();
    });
  }

  close(): void {
    for (const waiting of this.waiting) {
      this.finish(waiting, () => waiting.reject(new KyuClosedError('Waiting for a job')));
    }
  }

  /** Costs nothing while nobody waits. */
  private noteEnd(endedJobs: () => readonly { readonly id: JobId }[]): void {
    if (this.waiting.size === 0) return;
    const ended = new Set(endedJobs().map(({ id }) => id));
    if ([...this.waiting].some(({ id }) => ended.has(id))) void this.look();
  }

  private look(): Promise<void> {
    if (this.looking !== undefined) this.mustLookAgain = true;
    this.looking ??= this.lookUntilDone().finally(() => (this.looking = undefined));
    return this.looking;
  }

  private async lookUntilDone(): Promise<void> {
    do {
      this.mustLookAgain = false;
      await this.lookOnce();
    } while (this.mustLookAgain && this.waiting.size > 0);
  }

  private async lookOnce(): Promise<void> {
    const asking = [...this.waiting];
    try {
      const standings = await this.parts.outcomes.standings([...new Set(asking.map(({ id }) => id))]);
      const byId = new Map(standings.map((standing) => [standing.id, standing]));
      for (const waiting of asking) this.tell(waiting, byId.get(waiting.id));
    } catch (error) {
      // An outage ends no wait: that is for the caller's time limit.
      if (!(error instanceof LedgerUnavailableError)) {
        for (const waiting of asking) this.finish(waiting, () => waiting.reject(error as Error));
      }
    }
  }

  private tell(waiting: Waiting, standing: JobStanding | undefined): void {
    const { id, reject, resolve } = waiting;
    if (standing === undefined) return this.finish(waiting, () => reject(new JobNotFoundError(id)));
    if (!isFinal(standing.status)) return;
    const { status, result, errorMessage } = standing;
    this.finish(waiting, () => {
      if (status === 'completed') resolve(result);
      else if (status === 'dead') reject(new JobDeadError(id, errorMessage));
      else reject(new JobCancelledError(id, errorMessage));
    });
  }

  private finish(waiting: Waiting, tell: () => void): void {
    if (!this.waiting.delete(waiting)) return;
    waiting.timer.cancel();
    if (this.waiting.size === 0) {
      this.timer?.cancel();
      this.timer = undefined;
    }
    tell();
  }
}

function readTimeout(options: WaitOptions): number {
  for (const key of Object.keys(options)) {
    if (!WAIT_KEYS.includes(key)) {
      throw new InvalidQueryError(describeValue(key).slice(1, -1), 'no option of waitFor', 'only timeout');
    }
  }
  if (options.timeout === undefined) return USUAL_TIMEOUT_MS;
  const timeoutMs = parseDuration(options.timeout);
  if (timeoutMs !== undefined && timeoutMs <= LONGEST_TIMER_MS) return timeoutMs;
  throw new InvalidQueryError(
    'timeout',
    describeValue(options.timeout),
    "ms or text such as '30s', 24 days at most",
  );
}
