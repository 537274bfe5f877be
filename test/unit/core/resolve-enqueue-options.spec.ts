import { runInNewContext } from 'node:vm';
import * as fc from 'fast-check';
import { BACKOFF_PRESETS } from '../../../lib/core/retry-policy.js';
import { describe, expect, it } from 'vitest';
import { LONGEST_DURATION_MS } from '../../../lib/core/duration.js';
import { InvalidJobError } from '../../../lib/core/errors.js';
import { resolveEnqueueOptions, type EnqueueOptions } from '../../../lib/core/resolve-enqueue-options.js';

const defaults = { queue: 'shop', maxRetries: 3, timeoutMs: 30_000 };
const plain = {
  type: 'send_email',
  queue: 'shop',
  priority: 0,
  maxRetries: 3,
  timeoutMs: 30_000,
  delayMs: 0,
  scheduledAt: null,
  deadlineAt: null,
  tags: null,
  backoff: null,
};

function resolve(options?: EnqueueOptions) {
  return resolveEnqueueOptions('send_email', options, defaults);
}

function errorOf(options: unknown, type: unknown = 'send_email'): InvalidJobError {
  try {
    resolveEnqueueOptions(type, options as EnqueueOptions, defaults);
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidJobError);
    return error as InvalidJobError;
  }
  throw new Error('the job was accepted');
}

function yearOf(year: number): Date {
  const date = new Date(0);
  date.setUTCFullYear(year);
  return date;
}

describe('resolveEnqueueOptions', () => {
  it.each([
    undefined,
    {},
    { priority: undefined, delay: undefined, scheduledAt: undefined },
    { scheduledAt: null },
  ])('answers the defaults of the type for %j', (options) => {
    expect(resolve(options)).toEqual(plain);
  });

  it('reads every option (F7 to F13)', () => {
    const deadlineAt = new Date('2027-01-01T00:00:00Z');
    const rare = { deadlineAt, tags: ['vip', 'tenant:42', 'vip'], backoff: 'asynqpg' as const };
    const options = { priority: 10, delay: '5m', maxRetries: 7, timeout: '10s', queue: 'mail', ...rare };
    expect(resolve(options)).toEqual({
      type: 'send_email',
      queue: 'mail',
      priority: 10,
      maxRetries: 7,
      timeoutMs: 10_000,
      delayMs: 300_000,
      scheduledAt: null,
      deadlineAt: '2027-01-01T00:00:00.000Z',
      tags: ['vip', 'tenant:42'],
      backoff: JSON.stringify(BACKOFF_PRESETS.asynqpg),
    });
  });

  it('lets scheduledAt win over delay (F9)', () => {
    const at = new Date('2030-01-02T03:04:05.678Z');
    expect(resolve({ scheduledAt: at, delay: '5m' })).toEqual({
      ...plain,
      scheduledAt: '2030-01-02T03:04:05.678Z',
      delayMs: 0,
    });
  });

  it('leaves an instant in the past to the database, which calls it due', () => {
    expect(resolve({ scheduledAt: new Date(0) }).scheduledAt).toBe('1970-01-01T00:00:00.000Z');
  });

  it('takes a Date of another realm, as test runners have them', () => {
    const at = runInNewContext('new Date(0)') as Date;
    expect(at instanceof Date).toBe(false);
    expect(resolve({ scheduledAt: at }).scheduledAt).toBe('1970-01-01T00:00:00.000Z');
  });

  it('counts maxAttempts with the first run (F10)', () => {
    expect(resolve({ maxAttempts: 1 }).maxRetries).toBe(0);
    expect(resolve({ maxAttempts: 3, maxRetries: 2 }).maxRetries).toBe(2);
  });

  it('keeps zero apart from nothing', () => {
    expect(resolve({ maxRetries: 0, timeout: 0, delay: 0, priority: -0 })).toEqual({
      ...plain,
      maxRetries: 0,
      timeoutMs: 0,
    });
  });

  it.each([
    [{ priority: 2_147_483_647 }, { priority: 2_147_483_647 }],
    [{ priority: -2_147_483_648 }, { priority: -2_147_483_648 }],
    [{ maxRetries: 10_000 }, { maxRetries: 10_000 }],
    [{ maxAttempts: 10_001 }, { maxRetries: 10_000 }],
    [{ timeout: 2_147_483_647 }, { timeoutMs: 2_147_483_647 }],
    [{ delay: LONGEST_DURATION_MS }, { delayMs: LONGEST_DURATION_MS }],
    [{ scheduledAt: yearOf(1) }, { scheduledAt: '0001-01-01T00:00:00.000Z' }],
    [{ scheduledAt: yearOf(9_999) }, { scheduledAt: '9999-01-01T00:00:00.000Z' }],
  ])('takes the ends of the bounds: %o', (options, expected) => {
    expect(resolve(options)).toEqual({ ...plain, ...expected });
  });

  it.each([
    ['priority', [2_147_483_648, -2_147_483_649, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '10', null, 10n]],
    ['delay', [-1, '-5m', 'soon', '', Number.NaN, LONGEST_DURATION_MS + 1, null, new Date(0)]],
    [
      'scheduledAt',
      [new Date(Number.NaN), yearOf(0), yearOf(-5), yearOf(10_000), new Date(8.64e15), 0, '2030-01-01'],
    ],
    ['maxRetries', [-1, 10_001, 0.5, '3', null]],
    ['maxAttempts', [0, -1, 10_002, 1.5, null]],
    ['timeout', [-1, '-1s', 'never', 2_147_483_648, null]],
    ['queue', ['', ' ', 'a b', '{shop}', 'x'.repeat(129), 5, null]],
  ])('refuses a bad %s and names it', (field, values) => {
    for (const value of values) {
      const error = errorOf({ [field]: value });
      expect(error.field).toBe(field);
      expect(error.code).toBe('KYU_INVALID_JOB');
      expect(error.message).toContain('The job was not enqueued');
      expect(error.remedy).toMatch(/^Give ./);
    }
  });

  it('refuses a bad delay beside a good instant', () => {
    expect(errorOf({ delay: -1, scheduledAt: new Date(0) }).field).toBe('delay');
  });

  it('refuses maxRetries and maxAttempts that contradict each other', () => {
    expect(errorOf({ maxRetries: 3, maxAttempts: 3 }).message).toContain(
      'maxAttempts is 3 beside a maxRetries of 3',
    );
  });

  it.each(['', ' ', 'send email', '{x}', 'x'.repeat(129), 'a\u0000', undefined, null, 5, {}, Symbol('x')])(
    'refuses %o as a job type (F3)',
    (type) => {
      expect(errorOf(undefined, type === undefined ? null : type).field).toBe('type');
      expect(() => resolveEnqueueOptions(type, undefined, defaults)).toThrow(InvalidJobError);
    },
  );

  it.each([
    ['prioriy', 'priority'],
    ['scheduleAt', 'scheduledAt'],
    ['max_retries', 'maxRetries'],
    ['Timeout', 'timeout'],
  ])('does not know %s, and says that %s is meant', (key, meant) => {
    const error = errorOf({ [key]: 5 });
    expect(error.field).toBe(key);
    expect(error.message).toContain(`did you mean "${meant}"?`);
  });

  it.each(['constructor', '__proto__', 'toString', 'x', ''])('does not know "%s"', (key) => {
    const options = JSON.parse(`{${JSON.stringify(key)}: 5}`) as object;
    expect(errorOf(options).field).toBe(key);
  });

  it.each([null, 5, '5m', [], () => 1])('refuses %o in place of options', (options) => {
    expect(errorOf(options).field).toBe('options');
  });

  it('leaves keys that others read alone', () => {
    const options = { manager: {}, priority: 5 } as EnqueueOptions;
    expect(resolveEnqueueOptions('send_email', options, defaults, ['manager'])).toEqual({
      ...plain,
      priority: 5,
    });
    expect(errorOf(options).field).toBe('manager');
  });

  it('answers settings that the ledger can hold, or an InvalidJobError, for anything', () => {
    const fields = fc.constantFrom('priority', 'delay', 'scheduledAt', 'maxRetries', 'timeout', 'queue');
    const value = fc.oneof(
      fc.anything({ withDate: true }),
      fc.date({ noInvalidDate: false }),
      fc.integer(),
      fc.double(),
    );
    fc.assert(
      fc.property(fc.dictionary(fields, value), (options) => {
        const settings = resolvedOrRefused(options);
        if (settings === undefined) return;
        expect(settings.priority | 0).toBe(settings.priority);
        expect(settings.timeoutMs | 0).toBe(settings.timeoutMs);
        expect(settings.delayMs).toBeGreaterThanOrEqual(0);
        expect(settings.scheduledAt ?? '2000-01-01T00:00:00.000Z').toMatch(/^\d{4}-\d\d-\d\dT[\d:.]{12}Z$/);
      }),
    );
  });
});

function resolvedOrRefused(options: object) {
  try {
    return resolve(options);
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidJobError);
    return undefined;
  }
}
