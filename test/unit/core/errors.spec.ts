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
  KyuSchemaVersionError: new errors.KyuSchemaVersionError('The schema is missing.', 'Run the migrations.'),
  LedgerUnavailableError: new errors.LedgerUnavailableError(`connecting to ${secret}`, cause),
  JobNotFoundError: new errors.JobNotFoundError('id-1'),
  JobNotCancellableError: new errors.JobNotCancellableError('id-1', 'running'),
  JobNotRetryableError: new errors.JobNotRetryableError('id-1', 'running'),
  JobRunningError: new errors.JobRunningError('id-1'),
  DuplicateJobError: new errors.DuplicateJobError('id-1', 'type/shop/sync/=42'),
  HandlerConflictError: new errors.HandlerConflictError('send_email', 'Mailer.send', 'Post.send'),
  LeaseLostError: new errors.LeaseLostError('id-1', 4),
  JobTimeoutError: new errors.JobTimeoutError('id-1', 30_000),
  ShutdownError: new errors.ShutdownError('id-1'),
  NotAWorkerError: new errors.NotAWorkerError('KyuWorkers.start()'),
  KyuClosedError: new errors.KyuClosedError('enqueue'),
  KyuContextError: new errors.KyuContextError('context.tenant', 'is no text', cause),
};

/** Stable: users write these into their own code. */
const CODES: Record<string, string> = {
  KyuConfigError: 'KYU_CONFIG',
  KyuPayloadError: 'KYU_PAYLOAD',
  InvalidJobError: 'KYU_INVALID_JOB',
  InvalidQueryError: 'KYU_INVALID_QUERY',
  KyuSchemaVersionError: 'KYU_SCHEMA_VERSION',
  LedgerUnavailableError: 'KYU_LEDGER_UNAVAILABLE',
  JobNotFoundError: 'KYU_JOB_NOT_FOUND',
  JobNotCancellableError: 'KYU_JOB_NOT_CANCELLABLE',
  JobNotRetryableError: 'KYU_JOB_NOT_RETRYABLE',
  JobRunningError: 'KYU_JOB_RUNNING',
  DuplicateJobError: 'KYU_DUPLICATE_JOB',
  HandlerConflictError: 'KYU_HANDLER_CONFLICT',
  LeaseLostError: 'KYU_LEASE_LOST',
  JobTimeoutError: 'KYU_JOB_TIMEOUT',
  ShutdownError: 'KYU_SHUTDOWN',
  NotAWorkerError: 'KYU_NOT_A_WORKER',
  KyuClosedError: 'KYU_CLOSED',
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
