import { describe, expect, it } from 'vitest';
import * as errors from '../../../lib/core/errors.js';

const secret = 'postgres://app:hunter2@db:5432/shop';
const cause = new Error('refused');

/** One of each, so that nothing new stays unseen: the first test compares with what the module exports. */
const SAMPLES: Record<string, errors.KyuError> = {
  KyuConfigError: new errors.KyuConfigError([{ field: 'workers', value: '0', allowed: '1 to 10000' }]),
  KyuPayloadError: new errors.KyuPayloadError('payload.total', 'is NaN', 'Pass plain JSON data.'),
  InvalidJobError: new errors.InvalidJobError('priority', '1.5', 'a whole number'),
  InvalidQueryError: new errors.InvalidQueryError('limit', '0', 'a whole number'),
  InvalidSearchError: new errors.InvalidSearchError(7, '"deed" is no status', 'one of dead'),
  ReadingTimeoutError: new errors.ReadingTimeoutError('The list of jobs', 2_000, cause),
  WorkerNotFoundError: new errors.WorkerNotFoundError('id-2', 'stopped'),
  KyuSchemaVersionError: new errors.KyuSchemaVersionError('The schema is missing.', 'Run the migrations.'),
  LedgerUnavailableError: new errors.LedgerUnavailableError(`connecting to ${secret}`, cause),
  JobNotFoundError: new errors.JobNotFoundError('id-1'),
  JobNotCancellableError: new errors.JobNotCancellableError('id-1', 'running'),
  JobNotRetryableError: new errors.JobNotRetryableError('id-1', 'running'),
  JobRunningError: new errors.JobRunningError('id-1'),
  JobSupersededError: new errors.JobSupersededError('id-1'),
  JobNotWaitingError: new errors.JobNotWaitingError('id-1', 'pending'),
  JobNotChangeableError: new errors.JobNotChangeableError('id-1', 'running'),
  DuplicateJobError: new errors.DuplicateJobError('id-1', 'type/shop/sync/=42'),
  HandlerConflictError: new errors.HandlerConflictError('send_email', 'Mailer.send', 'Post.send'),
  LeaseLostError: new errors.LeaseLostError('id-1', 4),
  JobTimeoutError: new errors.JobTimeoutError('id-1', 30_000),
  ShutdownError: new errors.ShutdownError('id-1'),
  JobCancelledError: new errors.JobCancelledError('id-1', 'duplicate order'),
  JobDeadlineError: new errors.JobDeadlineError('id-1'),
  JobDeadError: new errors.JobDeadError('id-1', 'no such address'),
  JobWaitTimeoutError: new errors.JobWaitTimeoutError('id-1', 10_000),
  CompletionRolledBackError: new errors.CompletionRolledBackError('id-1'),
  NoTransactionError: new errors.NoTransactionError('completeIn', 'id-1'),
  NotAWorkerError: new errors.NotAWorkerError('KyuWorkers.start()'),
  UnknownJobTypeError: new errors.UnknownJobTypeError('id-1', 'send_emial', 'shop'),
  KyuClosedError: new errors.KyuClosedError('enqueue'),
  InvalidScheduleError: new errors.InvalidScheduleError('daily', [
    { field: 'cron', value: '"x"', allowed: 'a cron expression' },
  ]),
  ScheduleNotFoundError: new errors.ScheduleNotFoundError('daily'),
  ScheduleConflictError: new errors.ScheduleConflictError('daily', 'Digest.run', 'Report.run'),
  KyuContextError: new errors.KyuContextError('context.tenant', 'is no text', cause),
};

/** Stable: users write these into their own code. */
const CODES: Record<string, string> = {
  KyuConfigError: 'KYU_CONFIG',
  KyuPayloadError: 'KYU_PAYLOAD',
  InvalidJobError: 'KYU_INVALID_JOB',
  InvalidQueryError: 'KYU_INVALID_QUERY',
  InvalidSearchError: 'KYU_INVALID_SEARCH',
  ReadingTimeoutError: 'KYU_READING_TIMEOUT',
  WorkerNotFoundError: 'KYU_WORKER_NOT_FOUND',
  KyuSchemaVersionError: 'KYU_SCHEMA_VERSION',
  LedgerUnavailableError: 'KYU_LEDGER_UNAVAILABLE',
  JobNotFoundError: 'KYU_JOB_NOT_FOUND',
  JobNotCancellableError: 'KYU_JOB_NOT_CANCELLABLE',
  JobNotRetryableError: 'KYU_JOB_NOT_RETRYABLE',
  JobRunningError: 'KYU_JOB_RUNNING',
  JobSupersededError: 'KYU_JOB_SUPERSEDED',
  JobNotWaitingError: 'KYU_JOB_NOT_WAITING',
  JobNotChangeableError: 'KYU_JOB_NOT_CHANGEABLE',
  DuplicateJobError: 'KYU_DUPLICATE_JOB',
  HandlerConflictError: 'KYU_HANDLER_CONFLICT',
  LeaseLostError: 'KYU_LEASE_LOST',
  JobTimeoutError: 'KYU_JOB_TIMEOUT',
  ShutdownError: 'KYU_SHUTDOWN',
  JobCancelledError: 'KYU_JOB_CANCELLED',
  JobDeadlineError: 'KYU_JOB_DEADLINE',
  JobDeadError: 'KYU_JOB_DEAD',
  JobWaitTimeoutError: 'KYU_WAIT_TIMEOUT',
  CompletionRolledBackError: 'KYU_COMPLETION_ROLLED_BACK',
  NoTransactionError: 'KYU_NO_TRANSACTION',
  NotAWorkerError: 'KYU_NOT_A_WORKER',
  UnknownJobTypeError: 'KYU_UNKNOWN_JOB_TYPE',
  KyuClosedError: 'KYU_CLOSED',
  InvalidScheduleError: 'KYU_INVALID_SCHEDULE',
  ScheduleNotFoundError: 'KYU_SCHEDULE_NOT_FOUND',
  ScheduleConflictError: 'KYU_SCHEDULE_CONFLICT',
  KyuContextError: 'KYU_CONTEXT',
};

const samples = Object.entries(SAMPLES);

describe('the errors of Kyu', () => {
  it('all have a sample here (F87)', () => {
    const classes = Object.keys(errors).filter((name) => name !== 'KyuError');
    expect(Object.keys(SAMPLES).sort()).toEqual(classes.sort());
  });

  it.each(samples)('%s has its stable code, its name and its ancestor', (name, error) => {
    expect(error.code).toBe(CODES[name]);
    expect(error.name).toBe(name);
    expect(error).toBeInstanceOf(errors.KyuError);
    expect(error.stack).toContain(name);
  });

  it('have a code each', () => {
    expect(new Set(samples.map(([, error]) => error.code)).size).toBe(samples.length);
  });

  it.each(samples)('%s says what to do, in its message as well', (_, error) => {
    expect(error.remedy.length).toBeGreaterThan(10);
    expect(error.message).toContain(error.remedy);
    expect(error.message.length).toBeGreaterThan(error.remedy.length + 10);
  });

  it.each(samples)('%s names the job that it is about', (_, error) => {
    expect(error.message.includes('id-1')).toBe(error.jobId === 'id-1');
  });

  it('name the field at fault', () => {
    expect(SAMPLES['KyuConfigError']?.field).toBe('workers');
    expect(SAMPLES['KyuPayloadError']?.field).toBe('payload.total');
    expect(SAMPLES['InvalidJobError']?.field).toBe('priority');
    expect(SAMPLES['NotAWorkerError']?.field).toBe('role');
    expect(SAMPLES['HandlerConflictError']?.field).toBe('send_email');
  });

  it('never show the password of a connection string', () => {
    const error = SAMPLES['LedgerUnavailableError'];
    expect(error?.message).toContain('postgres://app:***@db:5432/shop');
    expect(error?.message).not.toContain('hunter2');
    expect(error?.stack).not.toContain('hunter2');
    expect(new errors.KyuSchemaVersionError(`${secret} is older.`, 'Migrate.').message).not.toContain(
      'hunter2',
    );
  });

  it('keep their cause, and have none without one', () => {
    expect(SAMPLES['LedgerUnavailableError']?.cause).toBe(cause);
    expect('cause' in new errors.JobRunningError('id-1')).toBe(false);
  });

  it('list every problem with the options, with a hint where there is one', () => {
    const error = new errors.KyuConfigError([
      { field: 'wrokers', value: '5', allowed: 'workers', suggestion: 'workers' },
      { field: 'metricsPort', value: '70000', allowed: '0 to 65535' },
    ]);
    expect(error.problems).toHaveLength(2);
    expect(error.field).toBe('wrokers');
    expect(error.message).toContain('wrokers: got 5, allowed: workers (did you mean "workers"?)');
    expect(error.message).toContain('metricsPort: got 70000, allowed: 0 to 65535');
  });
});
