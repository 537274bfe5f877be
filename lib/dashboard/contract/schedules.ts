import type { JobRow } from './jobs.js';

/** GET schedules */
export interface ScheduleRow {
  readonly name: string;
  readonly cron: string;
  readonly timezone: string;
  readonly words: string;
  readonly type: string;
  readonly payload: unknown;
  readonly options: Readonly<Record<string, unknown>>;
  readonly source: 'code' | 'provider' | 'dynamic';
  readonly pausedAt: string | null;
  readonly lastTickAt: string | null;
  readonly lastJob: Pick<JobRow, 'id' | 'status'> | null;
  readonly missedTicks: number;
  readonly nextTicks: readonly string[];
  /** Said when a tick falls into an hour that a change of clocks skips or doubles. */
  readonly dstNote: string | null;
}

/** PUT schedules/:name; POST schedules/preview with cron and timezone alone */
export interface ScheduleBody {
  readonly cron: string;
  readonly timezone?: string;
  readonly type: string;
  readonly payload?: unknown;
  readonly options?: Readonly<Record<string, unknown>>;
}

export interface SchedulePreview {
  readonly words: string;
  readonly nextTicks: readonly string[];
  readonly dstNote: string | null;
}
