import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { refusal, type AdminStage } from '../support/admin/admin-stage.js';
import { QUEUE } from '../support/ledger/ledger-stage.js';

/** The operator's service: worker processes, the doctor, and sessions of the dashboard. */
export function describeAdminWorkers<Transaction>(operator: AdminStage<Transaction>): void {
  describe('drainWorker()', () => {
    it('F86 leaves an order that the worker finds, and an entry in the trail', async () => {
      const { stage, admin } = operator;
      const { workers } = stage.ledger.operator;
      const worker = await stage.worker();
      expect(await workers.drainOrder(worker)).toBeUndefined();
      const by = { actor: 'ada', reason: 'reboot' };
      expect(await admin.drainWorker(worker, by)).toEqual({ workerId: worker, state: 'alive' });
      expect(await workers.drainOrder(worker)).toEqual({ thenExit: false });
      await admin.drainWorker(worker.toUpperCase(), { exit: true });
      expect(await workers.drainOrder(worker)).toEqual({ thenExit: true });
      const [reading] = await admin.workers(QUEUE);
      expect(reading?.drainRequestedAt).toBeInstanceOf(Date);
      expect(reading?.heartbeatAgeMs).toBeGreaterThanOrEqual(0);
      const { entries } = await admin.audit({ action: 'drainWorker' });
      expect(entries[1]).toMatchObject({ ...by, affected: 1, selection: { workerId: worker, exit: false } });
    });

    it('F86 F88 stands or falls with the transaction, and needs a worker that lives', async () => {
      const { stage, admin } = operator;
      const worker = await stage.worker();
      const { manager, rollback } = await stage.ledger.begin();
      await admin.drainWorker(worker, { manager });
      await rollback();
      expect(await stage.ledger.operator.workers.drainOrder(worker)).toBeUndefined();
      await stage.ledger.registry.sayGoodbye(worker);
      expect((await refusal(admin.drainWorker(worker))).message).toContain('stopped already');
      expect((await refusal(admin.drainWorker(randomUUID()))).code).toBe('KYU_WORKER_NOT_FOUND');
      expect((await refusal(admin.drainWorker('all'))).field).toBe('workerId');
      expect((await refusal(admin.drainWorker(worker, { exit: 'yes' as never }))).field).toBe('exit');
      expect((await admin.audit({ action: 'drainWorker' })).entries).toEqual([]);
    });
  });

  describe('buryWorker()', () => {
    it('F86 ends a lease that has long to go, and takes its jobs back', async () => {
      const { stage, admin } = operator;
      const worker = await stage.worker();
      const id = await stage.enqueue();
      const claim = await stage.claim(id, worker);
      expect(await admin.buryWorker(worker, { actor: 'supervisor' })).toEqual({
        workerId: worker,
        rescued: 1,
      });
      expect((await stage.job(id)).status).toBe('pending');
      expect(await stage.ledger.registry.beat(worker, 60_000)).toBe(false);
      expect(await stage.ledger.runs.claimById(worker, claim.queue, [claim.type], [id])).toEqual([]);
      expect(await admin.buryWorker(worker)).toEqual({ workerId: worker, rescued: 0 });
      expect((await refusal(admin.buryWorker(randomUUID()))).code).toBe('KYU_WORKER_NOT_FOUND');
      const { entries } = await admin.audit({ action: 'buryWorker' });
      expect(entries.map(({ affected }) => affected)).toEqual([0, 1]);
    });
  });

  describe('the sessions of the dashboard', () => {
    it('F86 are kept by the hash of their token until they are over', async () => {
      const { ledger } = operator.stage;
      const { sessions } = ledger.operator;
      const account = { id: '1', name: 'Ada' };
      expect(await sessions.find('abc')).toBeUndefined();
      await sessions.save('abc', account, 60_000);
      const found = await sessions.find('abc');
      expect(found?.account).toEqual(account);
      expect(+(found?.expiresAt ?? 0)).toBeGreaterThan((await ledger.nowMs()) + 50_000);
      await sessions.save('abc', { id: '2' }, -1);
      expect(await sessions.find('abc')).toBeUndefined();
      await sessions.save('def', account, 60_000);
      expect(await sessions.remove('def')).toBe(true);
      expect(await sessions.remove('def')).toBe(false);
    });
  });

  describe('doctor()', () => {
    const codes = async (): Promise<string[]> =>
      [...new Set((await operator.admin.doctor()).map(({ code }) => code))].filter(
        (code) => !OF_THE_SERVER.includes(code),
      );
    /** Other tests of this run share the server and the machine. */
    const OF_THE_SERVER = ['held-transaction', 'clock-skew', 'prepared-transaction'];

    it('F86 finds nothing in a ledger that is well', async () => {
      await operator.stage.worker();
      await operator.stage.enqueue();
      expect(await codes()).toEqual([]);
    });

    it('F86 finds orphaned jobs, queues without a worker and types without a handler', async () => {
      const { stage, admin } = operator;
      const worker = await stage.worker();
      await stage.claim(await stage.enqueue(), worker);
      await stage.ledger.passTime(120_000);
      await stage.worker();
      await stage.enqueue({ type: 'fax' });
      await stage.enqueue({ queue: 'reports' });
      expect((await codes()).toSorted()).toEqual(['no-worker', 'orphaned-jobs', 'unhandled-types']);
      const result = await admin.fix('orphaned-jobs', { actor: 'ada' });
      expect(result.done).toEqual(['took back 1 jobs of workers that are known to be dead']);
      expect((await admin.audit({ action: 'fix' })).entries[0]?.actor).toBe('ada');
      expect((await refusal(admin.fix('bloat'))).field).toBe('code');
      expect((await refusal(admin.fix('toString' as never))).field).toBe('code');
    });

    it('F86 compares Redis with the ledger, and tells it again', async () => {
      const { stage, admin } = operator;
      await stage.worker();
      await stage.enqueueMany(20);
      operator.survey = {
        hasEpoch: false,
        held: new Map([['send_email', 0]]),
        foreign: [],
        windowSize: 1_000,
      };
      expect((await codes()).toSorted()).toEqual(['redis-behind', 'redis-forgot']);
      const foreign = [{ key: 'kyu:{shop}:ready:fax', found: 'string', expected: 'zset' }];
      operator.survey = { hasEpoch: true, held: new Map(), foreign, windowSize: 10_000 };
      expect(await codes()).toEqual(['redis-foreign-key']);
      const held = new Map([['send_email', 5_000]]);
      operator.survey = { hasEpoch: true, held, foreign: [], windowSize: 10_000 };
      expect(await codes()).toEqual(['redis-ahead']);
      expect((await admin.fix('redis-behind')).done).toEqual(['told Redis of 1 jobs of the queue "shop"']);
      expect(await admin.rebuild()).toEqual({ queues: [{ queue: QUEUE, added: 1 }] });
      expect(operator.rebuilt).toEqual([QUEUE, QUEUE]);
      expect((await admin.audit({ action: 'rebuild' })).entries).toHaveLength(1);
    });
  });
}
