import { describe, expect, it } from 'vitest';
import type { Admin } from '../../lib/admin/admin.js';
import type { BulkResult } from '../../lib/admin/bulk-changer.js';
import { JOB_STATUSES, type JobStatus } from '../../lib/core/job-status.js';
import type { JobId } from '../../lib/core/job.js';
import type { AdminStage } from '../support/admin/admin-stage.js';
import { failed, QUEUE } from '../support/ledger/ledger-stage.js';

interface Options<Transaction> {
  manager?: Transaction;
  actor?: string;
  reason?: string;
  limit?: number;
  dryRun?: boolean;
}

type BulkVerb<Transaction> = (
  admin: Admin<Transaction>,
  options: Options<Transaction>,
  tag?: string,
) => Promise<BulkResult>;

const ALL_BUT_RUNNING = ['scheduled', 'pending', 'failed', 'completed', 'dead', 'cancelled'] as const;

/** The operator's service: changing many at once. */
export function describeAdminBulk<Transaction>(operator: AdminStage<Transaction>): void {
  /** Each verb, the statuses that it takes, and what it makes of them; nothing: they are gone. */
  const VERBS: [
    verb: string,
    takes: readonly JobStatus[],
    makes: JobStatus | undefined,
    call: BulkVerb<Transaction>,
  ][] = [
    [
      'retryMany',
      ['failed', 'dead', 'cancelled'],
      'pending',
      (admin, options, tags = 'bulk') =>
        admin.retryMany({ status: ['failed', 'dead', 'cancelled'], tags }, options),
    ],
    [
      'cancelMany',
      ['scheduled', 'pending', 'failed'],
      'cancelled',
      (admin, options, tags = 'bulk') =>
        admin.cancelMany({ tags, status: ['scheduled', 'pending', 'failed'] }, options),
    ],
    [
      'deleteMany',
      ALL_BUT_RUNNING,
      undefined,
      (admin, options, tags = 'bulk') => admin.deleteMany({ status: ALL_BUT_RUNNING, tags }, options),
    ],
    [
      'runNowMany',
      ['scheduled', 'failed'],
      'pending',
      (admin, options, tags = 'bulk') => admin.runNowMany({ tags }, options),
    ],
    [
      'rescheduleMany',
      ['scheduled', 'pending', 'failed'],
      'pending',
      (admin, options, tags = 'bulk') => admin.rescheduleMany({ tags }, 0, options),
    ],
  ];

  describe.each(VERBS)('%s', (verb, takes, makes, call) => {
    it('F83 changes what the selection names and its verb takes, and nothing else', async () => {
      const jobs = await operator.stage.oneOfEach({ tags: ['bulk'] });
      const others = await operator.stage.oneOfEach({ tags: ['other'] });
      const left = [
        ...JOB_STATUSES.filter((status) => !takes.includes(status)).map((status) => jobs[status]),
      ];
      left.push(...Object.values(others));
      const before = await Promise.all(left.map((id) => operator.admin.get(id)));
      const taken = takes.map((status) => jobs[status]);
      const count = taken.length;
      expect(await call(operator.admin, {})).toEqual({ matched: count, affected: count });
      for (const id of taken) {
        expect((await operator.stage.ledger.inspection.find(id))?.status).toBe(makes);
        if (makes === undefined) expect(await operator.stage.runs(id)).toEqual([]);
      }
      expect(await Promise.all(left.map((id) => operator.admin.get(id)))).toEqual(before);
      expect(operator.announcedIds().sort()).toEqual(makes === 'pending' ? [...taken].sort() : []);
    });

    it('F83 changes nothing in a dry run, and counts the same', async () => {
      await operator.stage.oneOfEach({ tags: ['bulk'] });
      const before = await operator.admin.list();
      expect(await call(operator.admin, { dryRun: true })).toEqual({ matched: takes.length, affected: 0 });
      expect(await call(operator.admin, { dryRun: true, limit: 1 })).toEqual({ matched: 1, affected: 0 });
      expect(await operator.admin.list()).toEqual(before);
      expect((await operator.admin.audit()).entries).toEqual([]);
      expect(operator.dispatcher.announcements).toEqual([]);
      expect(await call(operator.admin, { dryRun: false, limit: 1 })).toEqual({ matched: 1, affected: 1 });
    });

    it('F83 leaves one entry in the trail, with the selection and the count', async () => {
      await operator.stage.oneOfEach({ tags: ['bulk'] });
      await call(operator.admin, { actor: 'ada', reason: 'clean up', limit: 2 });
      const { entries } = await operator.admin.audit();
      expect(entries).toMatchObject([
        { action: verb, actor: 'ada', reason: 'clean up', jobId: null, affected: 2 },
      ]);
      expect(entries[0]?.selection).toMatchObject({ tags: 'bulk', limit: 2 });
      await call(operator.admin, {}, 'nobody');
      expect((await operator.admin.audit()).entries).toMatchObject([{ action: verb, affected: 0 }, {}]);
    });

    it('F83 leaves out what somebody else holds', async () => {
      const ids = await waitingJobs(3);
      const holder = await operator.stage.hold(ids[1]!); // three were made
      const before = await operator.admin.get(ids[1]!);
      expect(await call(operator.admin, {})).toEqual({ matched: 3, affected: 2 });
      await holder.rollback();
      expect(await operator.admin.get(ids[1]!)).toEqual(before);
    });

    it("F83 F88 stands or falls with the caller's transaction", async () => {
      await waitingJobs(2);
      const refused = await operator.stage.ledger.begin();
      const { manager } = refused;
      const result = await call(operator.admin, { manager });
      await refused.rollback();
      expect(result).toEqual({ matched: 2, affected: 2 });
      expect(await operator.admin.count({ status: 'failed' })).toBe(2);
      expect((await operator.admin.audit()).entries).toEqual([]);
      expect(operator.dispatcher.announcements).toEqual([]);
    });
  });

  it('F83 a call that needs several batches leaves one entry, and its counts add up', async () => {
    await operator.stage.enqueueMany(1_050, { delayMs: 3_600_000, tags: ['bulk'] });
    const result = await operator.admin.runNowMany({ tags: 'bulk' }, { limit: 1_040 });
    expect(result).toEqual({ matched: 1_040, affected: 1_040 });
    expect((await operator.admin.audit()).entries).toMatchObject([{ action: 'runNowMany', affected: 1_040 }]);
    expect(operator.dispatcher.announcements.map(({ hints }) => hints.length)).toEqual([500, 500, 40]);
    expect(await operator.admin.count({ status: 'scheduled' })).toBe(10);
  });

  it('F79 F83 cancelMany asks those that run to end, and cancels the others', async () => {
    const {
      running,
      pending,
      scheduled,
      failed: waiting,
    } = await operator.stage.oneOfEach({ tags: ['bulk'] });
    const told: string[] = [];
    operator.events.on('cancel.requested', ({ job, reason }) => told.push(`${job.id} is asked: ${reason}`));
    operator.events.on('job.cancelled', ({ job, reason }) => told.push(`${job.id} is cancelled: ${reason}`));
    const result = await operator.admin.cancelMany({ tags: 'bulk', queue: QUEUE }, { reason: 'no longer' });
    expect(result).toEqual({ matched: 4, affected: 4 });
    expect(await operator.admin.get(running)).toMatchObject({
      status: 'running',
      cancelReason: 'no longer',
      cancelRequestedAt: expect.any(Date),
    });
    expect(await operator.admin.get(pending)).toMatchObject({
      status: 'cancelled',
      errorMessage: 'no longer',
    });
    const cancelled = [pending, scheduled, waiting].map((id) => `${id} is cancelled: no longer`);
    expect(told.sort()).toEqual([`${running} is asked: no longer`, ...cancelled].sort());
  });

  /** Jobs that every verb takes. */
  async function waitingJobs(count: number): Promise<JobId[]> {
    const ids: JobId[] = [];
    for (let made = 0; made < count; made += 1)
      ids.push(await operator.stage.ran(failed, { tags: ['bulk'] }));
    return ids;
  }
}
