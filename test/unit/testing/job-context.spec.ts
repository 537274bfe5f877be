import { describe, expect, it, vi } from 'vitest';
import { JobTimeoutError, LeaseLostError, ShutdownError } from '../../../lib/core/errors.js';
import { isJobId } from '../../../lib/core/job-id.js';
import { createJobContext } from '../../../lib/testing/job-context.js';

describe('F114 createJobContext', () => {
  it('is that of a first attempt', () => {
    const job = createJobContext();
    expect(job).toMatchObject({
      type: 'test_job',
      queue: 'kyu:default',
      priority: 0,
      payload: undefined,
      run: 1,
      attempt: 1,
      maxAttempts: 4,
      createdAt: new Date('2026-01-01T00:00:00Z'),
      scheduledAt: null,
      fence: `${job.id}:1`,
    });
    expect(isJobId(job.id)).toBe(true);
    expect(job.signal.aborted).toBe(false);
    expect(createJobContext().id).not.toBe(job.id);
  });

  it('says what a test wants it to say', () => {
    const given = {
      id: '0192e4a0-0000-7000-8000-000000000001',
      type: 'send_email',
      queue: 'letters',
      priority: 7,
      payload: { to: 'a@b.example' },
      attempt: 3,
      maxAttempts: 9,
      run: 5,
      createdAt: new Date('2027-01-01T00:00:00Z'),
      scheduledAt: new Date('2027-01-02T00:00:00Z'),
    };
    expect(createJobContext(given)).toMatchObject({ ...given, fence: `${given.id}:5` });
    expect(createJobContext({ attempt: 3 })).toMatchObject({ run: 3, attempt: 3, maxAttempts: 4 });
    expect(createJobContext({ attempt: 8 })).toMatchObject({ attempt: 8, maxAttempts: 8 });
  });

  it('keeps what is logged and reported', async () => {
    const job = createJobContext();
    job.log('accepted as %s', 17, { by: 'smtp' });
    await job.progress(50);
    await job.progress(100, 'done');
    expect(job.logs).toEqual(['accepted as 17 {"by":"smtp"}']);
    expect(job.reports).toEqual([
      { percent: 50, note: null },
      { percent: 100, note: 'done' },
    ]);
  });

  it.each([
    ['timeout', JobTimeoutError],
    ['shutdown', ShutdownError],
    ['lease-lost', LeaseLostError],
  ] as const)('aborts as Kyu does: %s', (cause, reason) => {
    const job = createJobContext();
    const aborted = vi.fn();
    job.signal.addEventListener('abort', aborted);
    job.abort(cause);
    expect(aborted).toHaveBeenCalledOnce();
    expect(job.signal.reason).toBeInstanceOf(reason);
  });

  it('aborts with a reason of the test, and with its signal', () => {
    const reason = new Error('enough');
    const job = createJobContext();
    job.abort('shutdown', reason);
    expect(job.signal.reason).toBe(reason);
    const controller = new AbortController();
    const followers = [createJobContext({ signal: controller.signal })];
    controller.abort(reason);
    followers.push(createJobContext({ signal: controller.signal }));
    expect(followers.map(({ signal }) => signal.reason as unknown)).toEqual([reason, reason]);
  });
});
