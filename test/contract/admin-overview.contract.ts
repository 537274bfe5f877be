import { describe, expect, it } from 'vitest';
import { fingerprintOf } from '../../lib/core/error-fingerprint.js';
import type { Overview } from '../../lib/core/traffic.js';
import { refusal, type AdminStage } from '../support/admin/admin-stage.js';
import { completed, failed, QUEUE, settlementOf, TYPE } from '../support/ledger/ledger-stage.js';

/** The operator's service: how the whole stands, and which errors there are. */
export function describeAdminOverview<Transaction>(operator: AdminStage<Transaction>): void {
  const died = (message: string, fields = {}): Promise<string> =>
    operator.stage.ran({ kind: 'discarded', error: new Error(message) }, fields);
  const total = ({ series }: Overview, key: 'enqueued' | 'completed' | 'failed'): number =>
    series.reduce((sum, point) => sum + point[key], 0);

  describe('overview()', () => {
    it('F85 of an empty ledger has nothing to say', async () => {
      const overview = await operator.admin.overview();
      expect(overview).toMatchObject({
        window: '1h',
        problems: [],
        oldestPendingMs: null,
        errorRate: null,
        byQueue: [],
        byType: [],
        estimated: [],
        approximate: false,
      });
      expect(overview.series).toHaveLength(60);
      expect(Object.values(overview.counts)).toEqual([0, 0, 0, 0, 0, 0, 0]);
    });

    it('F85 counts what stands and what happened, by queue and by type', async () => {
      const { stage } = operator;
      await stage.oneOfEach();
      await stage.oneOfEach({ queue: 'reports' });
      const overview = await operator.admin.overview();
      expect(Object.values(overview.counts)).toEqual([2, 2, 2, 2, 2, 2, 2]);
      expect(total(overview, 'enqueued')).toBe(14);
      expect(total(overview, 'completed')).toBe(2);
      expect(total(overview, 'failed')).toBe(4);
      expect(overview.errorRate).toBeCloseTo(4 / 6);
      expect(overview.byQueue.map(({ name }) => name)).toEqual(['reports', QUEUE]);
      expect(overview.byQueue[1]).toMatchObject({
        enqueued: 7,
        completed: 1,
        failed: 2,
        pending: 1,
        running: 1,
      });
      expect(overview.byType).toHaveLength(1);
      expect(overview.byType[0]).toMatchObject({ name: TYPE, enqueued: 14, completed: 2, failed: 4 });
      expect(overview.byType[0]?.runP50Ms).toBe(245);
      expect(overview.byType[0]?.waitP95Ms).toBeGreaterThanOrEqual(0);
      expect(overview.oldestPendingMs).toBeGreaterThanOrEqual(0);
      expect(overview.series[1]?.at.getTime()).toBe((overview.series[0]?.at.getTime() ?? 0) + 60_000);
    });

    it('F85 looks back as far as it is asked to, and puts things where they happened', async () => {
      await operator.stage.ran(completed);
      await operator.stage.ledger.passTime(7_000_000);
      await operator.stage.ran(failed);
      const hour = await operator.admin.overview({ window: '1h' });
      expect([total(hour, 'completed'), total(hour, 'failed')]).toEqual([0, 1]);
      expect(hour.series.at(-1)).toMatchObject({ enqueued: 1, failed: 1 });
      const day = await operator.admin.overview({ window: '24h' });
      expect([total(day, 'completed'), total(day, 'failed')]).toEqual([1, 1]);
      expect(day.series.findIndex((point) => point.completed > 0)).toBe(55);
      expect((await refusal(operator.admin.overview({ window: '2h' as never }))).field).toBe('window');
    });

    it('F85 says what is wrong, worst first', async () => {
      const { stage, admin } = operator;
      await stage.enqueueMany(2, { queue: 'reports' });
      await stage.worker();
      await stage.enqueue({ type: 'fax' });
      await stage.enqueue();
      await stage.ledger.passTime(600_000);
      await stage.worker({ types: [TYPE] });
      await died('no such address', { queue: 'mail' });
      await stage.enqueue({ queue: 'music' });
      await admin.pause('music');
      const { problems } = await admin.overview();
      expect(problems.map(({ severity, code }) => `${severity} ${code}`)).toEqual([
        'critical no-worker',
        'critical no-handler',
        'warning dead-jobs-growing',
        'warning old-pending',
        'note paused-backlog',
      ]);
      expect(problems[0]?.text).toBe('No living worker serves the queue "reports": 2 jobs wait there.');
      expect(problems[1]?.link).toBe('/jobs?query=status%3Apending%20type%3Afax%20queue%3Ashop');
    });
  });

  describe('queueDetails()', () => {
    it('F85 shows of each queue what it holds, and what happened in it by type', async () => {
      await operator.stage.oneOfEach();
      await operator.stage.enqueue({ type: 'fax' });
      await operator.stage.enqueue({ queue: 'reports' });
      const [shop, empty] = await operator.admin.queueDetails([QUEUE, 'nothing']);
      expect(shop).toMatchObject({ queue: QUEUE, pending: 2, dead: 1, liveWorkers: 4, paused: false });
      expect(shop?.traffic).toMatchObject({ name: QUEUE, enqueued: 8, completed: 1, failed: 2, pending: 2 });
      expect(shop?.types.map(({ name, enqueued }) => [name, enqueued])).toEqual([
        ['fax', 1],
        [TYPE, 7],
      ]);
      expect(shop?.types[1]?.runP95Ms).toBe(245);
      expect(shop?.series.reduce((sum, point) => sum + point.enqueued, 0)).toBe(8);
      expect(empty).toMatchObject({ queue: 'nothing', types: [], traffic: { enqueued: 0, runP50Ms: null } });
    });
  });

  describe('errorGroups()', () => {
    it('F84 puts together what differs in ids and numbers only, and retries the dead of a group', async () => {
      const { stage, admin } = operator;
      const first = await died('TypeError: cannot read "a" of user 1');
      const second = await died('TypeError: cannot read "b" of user 22', { type: 'fax' });
      const retried = await stage.ran({ kind: 'failed', error: new Error('timeout after 30 ms') });
      await stage.ledger.passTime(40_000);
      await stage.ledger.upkeep.promote(QUEUE, 10);
      const claim = await stage.claim(retried, await stage.worker());
      const timeout = { kind: 'failed', error: new Error('timeout after 31 ms') } as const;
      await stage.ledger.runs.settle([settlementOf(claim, timeout)]);
      await stage.ran(completed);
      const { groups, approximate } = await admin.errorGroups();
      expect(approximate).toBe(false);
      const byName = new Map(groups.map((group) => [group.errorName, group]));
      const fingerprint = fingerprintOf('TypeError: cannot read "x" of user 3');
      expect(byName.get('TypeError')).toMatchObject({
        fingerprint,
        message: 'TypeError: cannot read "b" of user 22',
        types: ['fax', TYPE],
        runs: 2,
        jobs: 2,
        dead: 2,
        sampleJobId: second,
      });
      expect(byName.get('Error')).toMatchObject({ runs: 2, jobs: 1, dead: 0, sampleJobId: retried });
      const group = byName.get('Error');
      expect(+(group?.lastSeenAt ?? 0) - +(group?.firstSeenAt ?? 0)).toBeGreaterThanOrEqual(40_000);

      expect(await admin.retryErrorGroup(fingerprint, { dryRun: true })).toEqual({ matched: 2, affected: 0 });
      expect(await admin.retryErrorGroup(fingerprint, { actor: 'ada' })).toEqual({ matched: 2, affected: 2 });
      expect((await stage.job(first)).status).toBe('pending');
      expect((await admin.errorGroups()).groups.every(({ dead }) => dead === 0)).toBe(true);
      expect((await refusal(admin.retryErrorGroup('all'))).field).toBe('fingerprint');
    });

    it('F84 are those of the window, the most frequent first', async () => {
      await died('one');
      await operator.stage.ledger.passTime(7_200_000);
      await died('two');
      await died('two');
      await died('three');
      const messages = async (query = {}): Promise<string[]> =>
        (await operator.admin.errorGroups(query)).groups.map(({ message }) => message);
      expect(await messages({ window: '1h' })).toEqual(['two', 'three']);
      expect((await messages()).toSorted()).toEqual(['one', 'three', 'two']);
      expect(await messages({ limit: 1 })).toEqual(['two']);
      expect((await refusal(operator.admin.errorGroups({ limit: 0 }))).field).toBe('limit');
    });
  });
}
