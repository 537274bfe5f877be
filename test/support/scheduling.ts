import type { InstanceOptions, TestLedger } from './test-ledger.js';

/** Far from now, whenever the test runs. */
export const YEARLY = '0 0 1 1 *';
export const EVERY_SECOND = '* * * * * *';

export interface ScheduleRow {
  readonly name: string;
  readonly source: string;
  readonly next_run_at: Date | null;
  readonly last_run_at: Date | null;
}

export interface ScheduledJobRow {
  readonly id: string;
  readonly status: string;
  readonly scheduled_at: Date;
  readonly payload: unknown;
  readonly job_type: string;
}

export function rowsOf(ledger: TestLedger, { queueName }: InstanceOptions): Promise<ScheduleRow[]> {
  return ledger.sql<ScheduleRow>('select * from kyu_schedules where app = $1 order by name', [queueName]);
}

/** The jobs of a schedule's ticks, oldest tick first. */
export function jobsOf(
  ledger: TestLedger,
  { queueName }: InstanceOptions,
  schedule: string,
): Promise<ScheduledJobRow[]> {
  return ledger.sql<ScheduledJobRow>(
    `select * from kyu_jobs where queue = $1 and tags @> array['schedule:' || $2::text] order by scheduled_at`,
    [queueName, schedule],
  );
}

/** Moves the next tick into the past, as an outage would. */
export async function missSince(
  ledger: TestLedger,
  { queueName }: InstanceOptions,
  name: string,
  ago: string,
): Promise<void> {
  await ledger.sql(
    `update kyu_schedules set next_run_at = date_trunc('second', now()) - $3::interval where app = $1 and name = $2`,
    [queueName, name, ago],
  );
}
