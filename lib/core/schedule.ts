import type { Duration } from './duration.js';
import type { JobId } from './job.js';
import type { JobReference, PayloadInputOf } from './job-definition.js';
import type { EnqueueOptions } from './resolve-enqueue-options.js';

/** What becomes of ticks that nobody could run in time: `skip`, `once` for all of them, or `all` within a window. */
export type MissedPolicy = 'skip' | 'once' | 'all';

/** What becomes of a tick whose schedule's last job is not finished. */
export type OverlapPolicy = 'allow' | 'skip' | 'queue' | 'replace';

/** Who says that there is a schedule: a decorator, the options, a provider, or somebody at run time. */
export type ScheduleSource = 'decorator' | 'options' | 'provider' | 'dynamic';

export const MISSED_POLICIES: readonly MissedPolicy[] = ['skip', 'once', 'all'];
export const OVERLAP_POLICIES: readonly OverlapPolicy[] = ['allow', 'skip', 'queue', 'replace'];

/** What every schedule can say about its ticks. Durations are ms or text (`'30s'`). */
export interface ScheduleSettings {
  /** IANA name of the zone in which the expression is read. Default `UTC`. */
  timezone?: string;
  /** Ticks that could not run in time: `skip` them, run `once` for all of them (default), or `all` of them. */
  missed?: MissedPolicy;
  /** For `missed: 'all'`: older ticks than this are skipped. Default 1 h. */
  missedWindow?: Duration;
  /**
   * A tick while the last job is unfinished: `allow` (default) a second one, `skip` the tick, `queue` it until the job
   * has finished, or `replace` the job.
   */
  overlap?: OverlapPolicy;
  /** Each job starts up to so much later than its tick, always the same for the same tick. Default 0. */
  jitter?: Duration;
  /** Higher runs first; a number, or a name from the option `priorities`. Default 0. */
  priority?: number | string;
  /** Labels of each job, beside `schedule:<name>`. */
  tags?: readonly string[];
}

/** A schedule as code gives it: in `schedules` of the options, from a provider, or to `KyuSchedules.upsert`. */
export interface ScheduleInput<Reference extends JobReference = JobReference> extends ScheduleSettings {
  /** Unique within the application; letters, digits and `. _ : -`. */
  name: string;
  /** Five fields, or six with the seconds first. */
  cron: string;
  /** The job type that each tick enqueues: a name, or a token from `defineJob`. */
  type: Reference;
  /** What each job gets. Default `null`. */
  payload?: PayloadInputOf<Reference>;
  /** The queue that carries the jobs. Default: that of the job type. */
  queue?: string;
  /** As in `EnqueueOptions`. Default: that of the job type. */
  maxRetries?: number;
  /** As in `EnqueueOptions`: `maxRetries + 1`. Give one of the two. */
  maxAttempts?: number;
  /** As in `EnqueueOptions`. Default: that of the job type. */
  timeout?: Duration;
}

/** Where schedules come from that nobody writes into code: a table of tenants, a configuration service. */
export interface ScheduleProvider {
  /** Every schedule that there is to be; what it no longer lists is removed. When it rejects, nothing changes. */
  load(): Promise<readonly ScheduleInput[]> | readonly ScheduleInput[];
  /** Time between two loads; the first comes with the start of the workers. Default 3 min. */
  every?: Duration;
}

/** What the jobs of a schedule have besides type, queue and payload, as it was given. */
export type ScheduledJobOptions = Pick<
  EnqueueOptions,
  'priority' | 'maxRetries' | 'maxAttempts' | 'timeout' | 'tags'
>;

/** A schedule that was checked, as the ledger keeps it. */
export interface ScheduleDefinition {
  readonly name: string;
  readonly cron: string;
  readonly timezone: string;
  readonly type: string;
  readonly queue: string;
  /** JSON text. */
  readonly payload: string;
  readonly options: ScheduledJobOptions;
  readonly missed: MissedPolicy;
  readonly missedWindowMs: number;
  readonly overlap: OverlapPolicy;
  readonly jitterMs: number;
  readonly source: ScheduleSource;
}

/** One schedule as the ledger shows it to a reader. */
export interface Schedule<Payload = unknown> {
  readonly name: string;
  readonly cron: string;
  readonly timezone: string;
  readonly type: string;
  readonly queue: string;
  readonly payload: Payload;
  readonly options: ScheduledJobOptions;
  readonly missed: MissedPolicy;
  readonly missedWindowMs: number;
  readonly overlap: OverlapPolicy;
  readonly jitterMs: number;
  readonly source: ScheduleSource;
  readonly pausedAt: Date | null;
  /** The next tick; `null` while it is paused, and when there is none any more. */
  readonly nextRunAt: Date | null;
  /** The last tick that became a job. */
  readonly lastRunAt: Date | null;
  /** The job of that tick. */
  readonly lastJobId: JobId | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}
