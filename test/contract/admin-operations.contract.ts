import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Admin } from '../../lib/admin/admin.js';
import {
  JobNotChangeableError,
  JobNotFoundError,
  JobNotWaitingError,
  JobSupersededError,
} from '../../lib/core/errors.js';
import type { JobStatus } from '../../lib/core/job-status.js';
import type { JobId } from '../../lib/core/job.js';
import { refusal, statusesBut, type AdminStage } from '../support/admin/admin-stage.js';
import { discarded, expectWithin, failed, QUEUE, TYPE } from '../support/ledger/ledger-stage.js';

const NOT_STARTED = ['scheduled', 'pending', 'failed'] as const;
const HOUR_MS = 3_600_000;

/** The operator's service: run now, reschedule, change, and the trail that every verb leaves. */
export function describeAdminOperations<Transaction>(operator: AdminStage<Transaction>): void {
  describe('runNow', () => {
    it.each(['scheduled', 'failed'] as const)('F81 lets a %s job wait no longer', async (status) => {
      const id = (await operator.stage.oneOfEach({ priority: 3 }))[status];
      const before = await operator.admin.get(id);
      await operator.admin.runNow(id);
      const job = await operator.admin.get(id);
      expect(job).toMatchObject({ status: 'pending', scheduledAt: null, retryCount: before.retryCount });
      expect(operator.dispatcher.announcements).toMatchObject([
        { queue: QUEUE, hints: [{ id, priority: 3 }] },
      ]);
    });

    it.each(statusesBut('scheduled', 'failed'))('F81 F87 refuses a %s job', async (status) => {
      const id = (await operator.stage.oneOfEach())[status];
      const before = await operator.admin.get(id);
      const error = await refusal(operator.admin.runNow(id));
      expect(error).toBeInstanceOf(JobNotWaitingError);
      expect(error).toMatchObject({ code: 'KYU_JOB_NOT_WAITING', jobId: id, status });
      expect(await operator.admin.get(id)).toEqual(before);
    });
  });

  describe('reschedule', () => {
    it('puts a pending job off, and tells nobody', async () => {
      const id = await operator.stage.enqueue();
      const span = await operator.stage.during(() => operator.admin.reschedule(id, '1h'));
      const job = await operator.admin.get(id);
      expect(job.status).toBe('scheduled');
      expectWithin(job.scheduledAt, span, HOUR_MS);
      expect(operator.dispatcher.announcements).toEqual([]);
    });

    it.each([
      ['scheduled', 'scheduled'],
      ['failed', 'failed'],
      ['pending', 'scheduled'],
    ] as const)('gives a %s job another instant, and it is %s', async (from, to) => {
      const id = (await operator.stage.oneOfEach())[from];
      const at = new Date((await operator.stage.ledger.nowMs()) + 86_400_000);
      await operator.admin.reschedule(id, at);
      expect(await operator.admin.get(id)).toMatchObject({ status: to, scheduledAt: at });
    });

    it.each(NOT_STARTED)('makes a %s job pending when its time has come', async (status) => {
      const id = (await operator.stage.oneOfEach())[status];
      await operator.admin.reschedule(id, new Date(0));
      expect((await operator.admin.get(id)).status).toBe('pending');
      expect(operator.announcedIds()).toEqual([id]);
    });

    it('can be promoted like any other when the new time comes', async () => {
      const id = await operator.stage.enqueue();
      await operator.admin.reschedule(id, '1h');
      await operator.stage.ledger.passTime(HOUR_MS + 1);
      expect((await operator.stage.ledger.upkeep.promote(QUEUE, 10)).jobs).toMatchObject([{ id }]);
    });
  });

  describe('change', () => {
    it('changes what it is told, and nothing else', async () => {
      const id = await operator.stage.enqueue({ tags: ['old'] });
      const before = await operator.admin.get(id);
      const deadlineAt = new Date(86_400_000);
      await operator.admin.change(id, {
        queue: 'reports',
        priority: 7,
        payload: { to: 'c@d.example' },
        maxRetries: 9,
        timeout: '5s',
        tags: ['tenant:42', 'tenant:42'],
        deadlineAt,
      });
      const job = await operator.admin.get(id);
      expect({ ...job, updatedAt: before.updatedAt }).toEqual({
        ...before,
        queue: 'reports',
        priority: 7,
        payload: { to: 'c@d.example' },
        maxRetries: 9,
        timeoutMs: 5_000,
        tags: ['tenant:42'],
        deadlineAt,
      });
      expect(operator.dispatcher.announcements).toMatchObject([
        { queue: 'reports', hints: [{ id, type: TYPE, priority: 7 }] },
      ]);
      await operator.admin.change(id, { tags: [], deadlineAt: null, payload: null });
      expect(await operator.admin.get(id)).toMatchObject({ tags: [], deadlineAt: null, payload: null });
    });

    it('leaves the status and the time of a job that waits, and tells nobody', async () => {
      const { scheduled, failed: waiting } = await operator.stage.oneOfEach();
      for (const id of [scheduled, waiting]) {
        const { status, scheduledAt } = await operator.admin.get(id);
        await operator.admin.change(id, { priority: 5 });
        expect(await operator.admin.get(id)).toMatchObject({ status, scheduledAt, priority: 5 });
      }
      expect(operator.dispatcher.announcements).toEqual([]);
    });

    it('does not take back retries that are used', async () => {
      const id = await operator.stage.ran(failed, { maxRetries: 3 });
      await operator.admin.change(id, { maxRetries: 0 });
      expect(await operator.admin.get(id)).toMatchObject({ retryCount: 1, maxRetries: 1 });
    });

    it('refuses a payload that cannot be stored', async () => {
      const id = await operator.stage.enqueue();
      expect(await refusal(operator.admin.change(id, { payload: 1n }))).toMatchObject({
        code: 'KYU_PAYLOAD',
      });
      const big = 'x'.repeat(10_001);
      expect(await refusal(operator.admin.change(id, { payload: big }))).toMatchObject({
        code: 'KYU_PAYLOAD',
      });
    });
  });

  describe.each(['reschedule', 'change'] as const)('%s', (verb) => {
    it.each(statusesBut(...NOT_STARTED))('F87 refuses a %s job', async (status) => {
      const id = (await operator.stage.oneOfEach())[status];
      const before = await operator.admin.get(id);
      const call =
        verb === 'change' ? operator.admin.change(id, { priority: 1 }) : operator.admin.reschedule(id, '1h');
      const error = await refusal(call);
      expect(error).toBeInstanceOf(JobNotChangeableError);
      expect(error).toMatchObject({ code: 'KYU_JOB_NOT_CHANGEABLE', jobId: id, status });
      expect(await operator.admin.get(id)).toEqual(before);
    });
  });

  describe('a unique key', () => {
    const unique = {
      key: 'type/shop/send_email/welcome:42',
      keeps: false,
      expiresAfterMs: null,
      onConflict: 'skip',
    } as const;

    it('F80 F87 that another job holds by now keeps a dead one from coming back', async () => {
      const dead = await operator.stage.ran(discarded, { unique });
      const holder = await operator.stage.enqueue({ unique });
      const error = await refusal(operator.admin.retry(dead));
      expect(error).toBeInstanceOf(JobSupersededError);
      expect(error).toMatchObject({ code: 'KYU_JOB_SUPERSEDED', jobId: dead });
      expect(await operator.admin.retryMany({ status: 'dead' })).toEqual({ matched: 1, affected: 0 });
      await operator.admin.cancel(holder);
      await operator.admin.retry(dead);
      expect((await operator.admin.get(dead)).status).toBe('pending');
    });

    it('F80 F87 that an ended job keeps keeps another from coming back, and not the one itself', async () => {
      const dead = await operator.stage.ran(discarded, { unique });
      const keeper = await operator.stage.ran(discarded, { unique: { ...unique, keeps: true } });
      expect(await refusal(operator.admin.retry(dead))).toBeInstanceOf(JobSupersededError);
      await operator.admin.retry(keeper);
      expect((await operator.admin.get(keeper)).status).toBe('pending');
    });

    it('F83 goes to the newest of several that come back together', async () => {
      const first = await operator.stage.ran(discarded, { unique });
      const second = await operator.stage.ran(discarded, { unique });
      expect(await operator.admin.retryMany({ status: 'dead' })).toEqual({ matched: 2, affected: 1 });
      expect((await operator.admin.get(first)).status).toBe('dead');
      expect((await operator.admin.get(second)).status).toBe('pending');
    });
  });

  /** Each verb with a job that it can change. */
  const VERBS: [verb: string, from: JobStatus, call: Verb<Transaction>][] = [
    ['cancel', 'pending', (admin, id, options) => admin.cancel(id, options)],
    ['retry', 'dead', (admin, id, options) => admin.retry(id, options)],
    ['delete', 'completed', (admin, id, options) => admin.delete(id, options)],
    ['runNow', 'scheduled', (admin, id, options) => admin.runNow(id, options)],
    ['reschedule', 'failed', (admin, id, options) => admin.reschedule(id, '1h', options)],
    ['change', 'pending', (admin, id, options) => admin.change(id, { priority: 5, payload: 'new' }, options)],
  ];

  describe.each(VERBS)('%s', (verb, from, call) => {
    it('F79 F80 F81 F82 leaves an entry in the trail, with who did it and why', async () => {
      const id = (await operator.stage.oneOfEach())[from];
      const span = await operator.stage.during(() =>
        call(operator.admin, id, { actor: 'ada', reason: 'the customer asked' }),
      );
      const { entries } = await operator.admin.audit({ jobId: id });
      expect(entries).toMatchObject([
        {
          action: verb,
          actor: 'ada',
          reason: 'the customer asked',
          jobId: id,
          queue: QUEUE,
          type: TYPE,
          affected: 1,
        },
      ]);
      expectWithin(entries[0]?.at ?? null, span);
      const details: Record<string, unknown> = {
        reschedule: { delayMs: HOUR_MS },
        change: { priority: 5, payload: 'changed' },
      };
      expect(entries[0]?.selection).toEqual(details[verb] ?? null);
    });

    it("F88 stands or falls with the caller's transaction, its entry as well", async () => {
      const id = (await operator.stage.oneOfEach())[from];
      const before = await operator.admin.get(id);
      const refused = await operator.stage.ledger.begin();
      await call(operator.admin, id, { manager: refused.manager });
      expect((await operator.admin.audit({}, { manager: refused.manager })).entries).toHaveLength(1);
      expect((await operator.admin.audit()).entries).toEqual([]);
      await refused.rollback();
      expect(await operator.admin.get(id)).toEqual(before);
      expect((await operator.admin.audit()).entries).toEqual([]);
      const accepted = await operator.stage.ledger.begin();
      await call(operator.admin, id, { manager: accepted.manager });
      expect(operator.dispatcher.announcements).toEqual([]);
      await accepted.commit();
      expect((await operator.admin.audit()).entries).toMatchObject([{ action: verb, jobId: id }]);
      expect(await operator.stage.ledger.inspection.find(id)).not.toEqual(before);
    });

    it('F87 leaves no entry for a job that is not there', async () => {
      const error = await refusal(call(operator.admin, randomUUID(), {}));
      expect(error).toBeInstanceOf(JobNotFoundError);
      expect((await operator.admin.audit()).entries).toEqual([]);
    });
  });

  describe('audit', () => {
    it('is read page by page, newest first, and narrowed by job and action', async () => {
      const ids = await operator.stage.enqueueMany(3);
      for (const id of ids) await operator.admin.reschedule(id, '1h');
      await operator.admin.cancel(ids[0]!); // three were made
      const first = await operator.admin.audit({ limit: 3 });
      expect(first.entries.map(({ action, jobId }) => [action, jobId])).toEqual([
        ['cancel', ids[0]],
        ['reschedule', ids[2]],
        ['reschedule', ids[1]],
      ]);
      const second = await operator.admin.audit({ limit: 3, cursor: first.nextCursor });
      expect(second).toMatchObject({ entries: [{ jobId: ids[0] }], nextCursor: null });
      expect((await operator.admin.audit({ jobId: ids[0] })).entries).toHaveLength(2);
      expect((await operator.admin.audit({ action: ['cancel', 'retry'] })).entries).toHaveLength(1);
      const none = await operator.admin.audit({ jobId: ids[1], action: 'cancel' });
      expect(none).toEqual({ entries: [], nextCursor: null });
    });
  });
}

type Verb<Transaction> = (
  admin: Admin<Transaction>,
  id: JobId,
  options: { manager?: Transaction; actor?: string; reason?: string },
) => Promise<unknown>;
