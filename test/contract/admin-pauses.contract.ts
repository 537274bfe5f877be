import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { JobNotFoundError } from '../../lib/core/errors.js';
import { refusal, type AdminStage } from '../support/admin/admin-stage.js';
import { discarded, failed, identityOf, QUEUE, TYPE } from '../support/ledger/ledger-stage.js';

/** The operator's service: letting queues and types rest, and saying why a job does not run. */
export function describeAdminPauses<Transaction>(operator: AdminStage<Transaction>): void {
  /** How many jobs each way of claiming gives, of the queue's two. */
  async function claimable(queue = QUEUE): Promise<[byId: string[], byQueue: string[]]> {
    const { ledger } = operator.stage;
    const worker = await operator.stage.worker({ queues: [queue] });
    const types = [TYPE, 'process_payment'];
    const rooms = types.map((type) => ({ type, size: 10 }));
    const { jobs } = await operator.admin.list({ queue, status: 'pending' });
    const ids = jobs.map(({ id }) => id);
    const byId = await ledger.runs.claimById(worker, queue, types, ids);
    await ledger.runs.handBackUnheard(worker, [queue], []);
    const byQueue = await ledger.runs.claimByQueue(worker, queue, rooms, 10);
    await ledger.runs.handBackUnheard(worker, [queue], []);
    return [byId.map(({ type }) => type).sort(), byQueue.map(({ type }) => type).sort()];
  }

  async function twoTypes(queue = QUEUE): Promise<void> {
    await operator.stage.enqueue({ queue });
    await operator.stage.enqueue({ queue, type: 'process_payment' });
  }

  const BOTH = ['process_payment', TYPE];

  describe('pause and resume', () => {
    it('F58 nothing of a paused queue is claimed, and all of it afterwards', async () => {
      await twoTypes();
      await twoTypes('reports');
      expect(await operator.admin.pause(QUEUE)).toEqual({ queues: [QUEUE] });
      expect(await claimable()).toEqual([[], []]);
      expect(await claimable('reports')).toEqual([BOTH, BOTH]);
      expect(await operator.admin.resume(QUEUE)).toEqual({ queues: [QUEUE] });
      expect(await claimable()).toEqual([BOTH, BOTH]);
      expect(operator.resumed).toEqual([[], [QUEUE]]);
    });

    it('F58 only the paused type rests, and only where it was paused', async () => {
      await twoTypes();
      await twoTypes('reports');
      expect(await operator.admin.pauseType(TYPE)).toEqual({ queues: [QUEUE] });
      expect(await claimable()).toEqual([['process_payment'], ['process_payment']]);
      expect(await claimable('reports')).toEqual([BOTH, BOTH]);
      expect(await operator.admin.pauseType(TYPE, ['reports', QUEUE])).toEqual({ queues: ['reports'] });
      expect(await claimable('reports')).toEqual([['process_payment'], ['process_payment']]);
      expect(await operator.admin.resumeType(TYPE)).toEqual({ queues: [QUEUE] });
      expect(await claimable()).toEqual([BOTH, BOTH]);
    });

    it('F58 a type that rests by itself rests on when its queue goes on', async () => {
      await twoTypes();
      await operator.admin.pause(QUEUE);
      await operator.admin.pauseType(TYPE);
      await operator.admin.resume(QUEUE);
      expect(await claimable()).toEqual([['process_payment'], ['process_payment']]);
    });

    it('F58 pausing twice, and resuming what does not rest, changes nothing', async () => {
      await operator.admin.pause([QUEUE, 'reports'], { reason: 'first' });
      expect(await operator.admin.pause([QUEUE, 'mail'], { reason: 'second' })).toEqual({ queues: ['mail'] });
      const pauses = await operator.stage.ledger.operator.pauses.list([QUEUE, 'reports', 'mail']);
      expect(pauses.map(({ queue, reason }) => [queue, reason])).toEqual([
        ['mail', 'second'],
        ['reports', 'first'],
        [QUEUE, 'first'],
      ]);
      expect(await operator.admin.resume([QUEUE, 'nothing'])).toEqual({ queues: [QUEUE] });
    });

    it('F58 a run that is under way ends as it would, and its job waits for the next attempt', async () => {
      const id = await operator.stage.enqueue();
      const claim = await operator.stage.claim(id, await operator.stage.worker());
      await operator.admin.pause(QUEUE);
      await operator.stage.end(claim, failed);
      await operator.stage.ledger.passTime(60_000);
      expect((await operator.stage.ledger.upkeep.promote(QUEUE, 10)).jobs).toMatchObject([{ id }]);
      expect(await claimable()).toEqual([[], []]);
    });

    it('F58 a run-once does not wait for what rests', async () => {
      const { upkeep } = operator.stage.ledger;
      await twoTypes();
      const due = await operator.stage.ran(failed);
      await operator.admin.reschedule(due, '10s');
      await operator.stage.ledger.passTime(11_000);
      const count = (): Promise<number> => upkeep.countUnfinishedDue([QUEUE], BOTH);
      expect(await count()).toBe(3);
      await operator.admin.pauseType(TYPE);
      expect(await count()).toBe(1);
      await operator.admin.pause(QUEUE);
      expect(await count()).toBe(0);
      // What a dead worker left is taken back all the same.
      await operator.admin.resume(QUEUE);
      await operator.admin.resumeType(TYPE);
      const { jobs } = await operator.admin.list({ type: 'process_payment' });
      const worker = await operator.stage.worker();
      await operator.stage.claim(jobs[0]!.id, worker); // twoTypes made it
      await operator.stage.bury(worker);
      await operator.admin.pause(QUEUE);
      expect(await count()).toBe(1);
    });

    it('F58 F85 queues() shows what rests', async () => {
      await operator.admin.pause(QUEUE);
      await operator.admin.pauseType('process_payment', [QUEUE, 'reports']);
      await operator.admin.pauseType('a_type');
      expect(await operator.admin.queues([QUEUE, 'reports', 'mail'])).toMatchObject([
        { queue: QUEUE, paused: true, pausedTypes: ['a_type', 'process_payment'] },
        { queue: 'reports', paused: false, pausedTypes: ['process_payment'] },
        { queue: 'mail', paused: false, pausedTypes: [] },
      ]);
    });

    it("F58 F88 stands or falls with the caller's transaction", async () => {
      await twoTypes();
      const refused = await operator.stage.ledger.begin();
      await operator.admin.pause(QUEUE, { manager: refused.manager });
      expect(await claimable()).toEqual([BOTH, BOTH]);
      await refused.rollback();
      expect(await claimable()).toEqual([BOTH, BOTH]);
      expect(operator.resumed).toEqual([]);
      const accepted = await operator.stage.ledger.begin();
      await operator.admin.pause(QUEUE, { manager: accepted.manager });
      await accepted.commit();
      expect(await claimable()).toEqual([[], []]);
      const resumed = await operator.stage.ledger.begin();
      await operator.admin.resume(QUEUE, { manager: resumed.manager });
      expect(operator.resumed).toEqual([[]]);
      await resumed.commit();
      expect(operator.resumed).toEqual([[], [QUEUE]]);
    });

    it('F58 leaves an entry in the trail', async () => {
      await operator.admin.pause(QUEUE, { actor: 'ada', reason: 'stocktaking' });
      await operator.admin.pauseType(TYPE, ['reports', QUEUE]);
      await operator.admin.resumeType(TYPE, 'reports');
      await operator.admin.resume(QUEUE, { actor: 'bob' });
      const { entries } = await operator.admin.audit();
      const unsaid = {
        id: expect.any(String),
        at: expect.any(Date),
        actor: null,
        reason: null,
        jobId: null,
      };
      expect(entries).toEqual([
        { ...unsaid, action: 'resume', actor: 'bob', queue: QUEUE, type: null, selection: null, affected: 1 },
        { ...unsaid, action: 'resumeType', queue: 'reports', type: TYPE, selection: null, affected: 1 },
        {
          ...unsaid,
          action: 'pauseType',
          queue: null,
          type: TYPE,
          selection: { queue: ['reports', QUEUE] },
          affected: 2,
        },
        {
          ...unsaid,
          action: 'pause',
          actor: 'ada',
          reason: 'stocktaking',
          queue: QUEUE,
          type: null,
          selection: null,
          affected: 1,
        },
      ]);
    });
  });

  describe('explain', () => {
    const reasonsOf = async (id: string): Promise<string[]> =>
      (await operator.admin.explain(id)).reasons.map(({ reason }) => reason);

    it('F77 says of a pending job what keeps it from running', async () => {
      const id = await operator.stage.enqueue();
      expect(await reasonsOf(id)).toEqual(['no-worker']);
      const { registry } = operator.stage.ledger;
      await registry.register(identityOf({ types: ['process_payment', 'send_sms*'] }), 60_000);
      expect(await reasonsOf(id)).toEqual(['no-handler']);
      await registry.register(identityOf({ types: ['send_*'] }), 60_000);
      expect(await operator.admin.explain(id)).toMatchObject({
        jobId: id,
        status: 'pending',
        reasons: [{ reason: 'next' }],
        ahead: 0,
        liveWorkers: 2,
        ableWorkers: 1,
        dueAt: null,
        workerId: null,
      });
      await operator.admin.pause(QUEUE);
      await operator.admin.pauseType(TYPE);
      expect(await operator.admin.explain(id)).toMatchObject({
        reasons: [{ reason: 'queue-paused' }, { reason: 'type-paused' }],
        text: `The queue "shop" is paused. Jobs of type "send_email" are paused in the queue "shop".`,
      });
    });

    it('F77 counts the jobs of its type that run before it', async () => {
      await operator.stage.worker();
      const [first, second] = await operator.stage.enqueueMany(2);
      const last = await operator.stage.enqueue();
      await operator.stage.enqueue({ priority: 5 });
      await operator.stage.enqueue({ priority: -1 });
      await operator.stage.enqueue({ priority: 9, type: 'process_payment' });
      expect(await operator.admin.explain(last)).toMatchObject({
        reasons: [{ reason: 'in-line' }],
        ahead: 3,
      });
      expect((await operator.admin.explain(first!)).ahead).toBe(1); // two were made
      expect((await operator.admin.explain(second!)).ahead).toBe(2);
    });

    it('F77 says until when a job waits', async () => {
      await operator.stage.worker({ leaseMs: 600_000 });
      const scheduled = await operator.stage.enqueue({ delayMs: 60_000 });
      const { scheduledAt } = await operator.admin.get(scheduled);
      const waits = await operator.admin.explain(scheduled);
      expect(waits).toMatchObject({ reasons: [{ reason: 'scheduled' }], dueAt: scheduledAt });
      expect(waits.dueInMs).toBeGreaterThan(50_000);
      expect(waits.dueInMs).toBeLessThanOrEqual(60_000);
      const backoff = await operator.admin.explain(await operator.stage.ran(failed));
      expect(backoff.reasons).toMatchObject([{ reason: 'backoff' }]);
      expect(backoff.text).toContain('attempt 2 of 4');
      expect(backoff.text).toContain('mailbox full');
      await operator.stage.ledger.passTime(61_000);
      expect(await operator.admin.explain(scheduled)).toMatchObject({
        reasons: [{ reason: 'due' }],
        dueInMs: 0,
      });
    });

    it('F77 says of others where they run, or why they have ended', async () => {
      const { running, completed, cancelled } = await operator.stage.oneOfEach();
      const { workerId, text } = await operator.admin.explain(running);
      expect(workerId).toBe((await operator.admin.get(running)).lockedBy);
      expect(text).toContain(String(workerId));
      expect(await reasonsOf(completed)).toEqual(['ended']);
      expect(await reasonsOf(cancelled)).toEqual(['ended']);
      const dead = await operator.admin.explain(await operator.stage.ran(discarded));
      expect(dead.text).toBe('It is dead: no such address. Nothing more happens to it unless it is retried.');
    });

    it("F77 F88 sees what the caller's transaction has done, and says that a job is not there", async () => {
      const { manager, rollback } = await operator.stage.ledger.begin();
      const id = await operator.stage.enqueue({}, manager);
      await operator.admin.pause(QUEUE, { manager });
      expect((await operator.admin.explain(id, { manager })).reasons[0]).toMatchObject({
        reason: 'queue-paused',
      });
      expect(await refusal(operator.admin.explain(id))).toBeInstanceOf(JobNotFoundError);
      expect(await refusal(operator.admin.explain(randomUUID()))).toBeInstanceOf(JobNotFoundError);
      await rollback();
    });
  });
}
