import type { PostgresSubject } from '../ledger/open-ledger.js';
import type { LedgerModel, ModelJob } from './ledger-model.js';

/** Everything that the ledger shows, in a form in which two of them can be compared. */
export interface LedgerPicture {
  readonly jobs: readonly object[];
  readonly runs: readonly object[];
  readonly workers: readonly object[];
}

const MINUTE_MS = 60_000;

/**
 * The model's time stands still while a test works. So all its spans are whole minutes for what has passed, and half
 * minutes off for what is to come: rounded to minutes, both clocks tell the same for 30 s.
 */
export function pictureOfModel(model: LedgerModel): LedgerPicture {
  const jobs = [...model.jobs.values()].map((job) => ({
    ...pictureOfJob(job),
    dueInMinutes: job.scheduledAt === null ? null : minutesUntil(job.scheduledAt - model.nowMs),
    lockedForMinutes: job.lockedAt === null ? null : minutesSince(model.nowMs - job.lockedAt),
    hasEnded: job.status === 'completed' || job.status === 'dead' || job.status === 'cancelled',
  }));
  const workers = [...model.workers].map(([id, { state }]) => ({ id, state }));
  return sorted({ jobs, runs: model.runs.map((run) => ({ ...run })), workers });
}

function pictureOfJob(job: ModelJob): object {
  const { scheduledAt: _scheduledAt, lockedAt: _lockedAt, ...rest } = job;
  return rest;
}

export async function pictureOfLedger({ schema, dataSource }: PostgresSubject): Promise<LedgerPicture> {
  const [row] = await dataSource.query<[{ picture: SeenLedger }]>(
    `select json_build_object(
       'jobs', (select coalesce(json_agg(seen_job), '[]') from (
         select id, queue, job_type as type, priority, max_retries as "maxRetries", timeout_ms as "timeoutMs",
           status, run, retry_count as "retryCount", crash_count as "crashCount", locked_by as owner,
           error_message as error, result, (progress->>'percent')::float8 as percent,
           case when cancel_requested_at is not null then json_build_object('reason', cancel_reason) end as cancel,
           completed_at is not null as "hasEnded",
           extract(epoch from scheduled_at - clock_timestamp()) * 1000 as "dueInMs",
           extract(epoch from clock_timestamp() - locked_at) * 1000 as "lockedForMs"
         from ${schema}.kyu_jobs
       ) seen_job),
       'runs', (select coalesce(json_agg(seen_run), '[]') from (
         select job_id as "jobId", run, attempt, worker_id as "workerId", outcome from ${schema}.kyu_attempts
       ) seen_run),
       'workers', (select coalesce(json_agg(seen_worker), '[]') from (
         select id, state from ${schema}.kyu_workers
       ) seen_worker)
     ) as picture`,
  );
  const { jobs, runs, workers } = row.picture;
  return sorted({
    jobs: jobs.map(({ dueInMs, lockedForMs, ...job }) => ({
      ...job,
      dueInMinutes: dueInMs === null ? null : minutesUntil(dueInMs),
      lockedForMinutes: lockedForMs === null ? null : minutesSince(lockedForMs),
    })),
    runs,
    workers,
  });
}

interface SeenLedger extends LedgerPicture {
  readonly jobs: readonly SeenJob[];
}

interface SeenJob {
  readonly dueInMs: number | null;
  readonly lockedForMs: number | null;
}

function minutesUntil(ms: number): number {
  return Math.ceil(ms / MINUTE_MS) + 0; // -0 is none of a clock's numbers
}

function minutesSince(ms: number): number {
  return Math.floor(ms / MINUTE_MS);
}

function sorted({ jobs, runs, workers }: LedgerPicture): LedgerPicture {
  return { jobs: byText(jobs), runs: byText(runs), workers: byText(workers) };
}

function byText(items: readonly object[]): object[] {
  const keyed = items.map((item) => Object.fromEntries(Object.entries(item).sort(byName)));
  return keyed.sort((left, right) => (JSON.stringify(left) < JSON.stringify(right) ? -1 : 1));
}

function byName([left]: [string, unknown], [right]: [string, unknown]): number {
  return left < right ? -1 : 1;
}
