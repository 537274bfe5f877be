import { describe, expect, it } from 'vitest';
import type { JobSelection } from '../../lib/admin/job-query.js';
import type { JobId } from '../../lib/core/job.js';
import type { AdminStage } from '../support/admin/admin-stage.js';
import { completed } from '../support/ledger/ledger-stage.js';

/** The operator's service: which jobs a selection names. */
export function describeAdminSelection<Transaction>(operator: AdminStage<Transaction>): void {
  /** Both ways of asking, which must agree. */
  async function named(selection: JobSelection): Promise<JobId[]> {
    const { jobs } = await operator.admin.list(selection);
    expect(await operator.admin.count(selection)).toBe(jobs.length);
    return jobs.map(({ id }) => id).sort();
  }

  const enqueue = (payload: unknown, tags?: string[]): Promise<JobId> =>
    operator.stage.enqueue({ payload: JSON.stringify(payload), ...(tags === undefined ? {} : { tags }) });

  describe('a selection', () => {
    it('F78 narrows by tags, of which a job must have all', async () => {
      const both = await enqueue(1, ['tenant:42', 'trial']);
      const one = await enqueue(2, ['tenant:42']);
      await enqueue(3);
      expect(await named({ tags: 'tenant:42' })).toEqual([both, one].sort());
      expect(await named({ tags: ['trial', 'tenant:42'] })).toEqual([both]);
      expect(await named({ tags: ['tenant:42', 'paid'] })).toEqual([]);
      expect(await named({ tags: "x') or true --" })).toEqual([]);
    });

    it('F78 narrows by values of the payload, at any depth', async () => {
      const user = await enqueue({ user: { id: 42, name: 'Ada' }, items: [{ sku: 'a-1' }], paid: true });
      const other = await enqueue({ user: { id: '42', name: null }, items: [], paid: false });
      const text = await enqueue('just text');
      expect(await named({ payload: { 'user.id': 42 } })).toEqual([user]);
      expect(await named({ payload: { 'user.id': '42' } })).toEqual([other]);
      expect(await named({ payload: { 'items.0.sku': 'a-1', 'user.name': 'Ada' } })).toEqual([user]);
      expect(await named({ payload: { 'items.-1.sku': 'a-1' } })).toEqual([user]);
      expect(await named({ payload: { paid: true } })).toEqual([user]);
      expect(await named({ payload: { 'user.name': null } })).toEqual([other]);
      expect(await named({ payload: { 'items.sku': 'a-1' } })).toEqual([]);
      expect(await named({ payload: { 'user.id.deeper': 42 } })).toEqual([]);
      expect(await named({ payload: { 'user.id': 42, paid: false } })).toEqual([]);
      expect(await named({ payload: { "user'} or true --": 1 } })).toEqual([]);
      expect(await named({})).toEqual([user, other, text].sort());
    });

    it('F78 narrows by the time of the enqueueing and of the end', async () => {
      const old = await operator.stage.ran(completed);
      await operator.stage.ledger.passTime(60_000);
      const recent = await operator.stage.ran(completed);
      const waiting = await operator.stage.enqueue();
      const limit = new Date((await operator.stage.ledger.nowMs()) - 30_000);
      expect(await named({ createdBefore: limit })).toEqual([old]);
      expect(await named({ createdAfter: limit })).toEqual([recent, waiting].sort());
      expect(await named({ finishedBefore: limit })).toEqual([old]);
      expect(await named({ finishedAfter: limit })).toEqual([recent]);
      expect(await named({ createdAfter: limit, finishedBefore: limit })).toEqual([]);
      const { createdAt } = await operator.admin.get(old);
      expect(await named({ createdAfter: createdAt, createdBefore: new Date(+createdAt + 1) })).toEqual([
        old,
      ]);
    });

    it('F78 narrows by the parent', async () => {
      const parentId = await operator.stage.enqueue();
      const child = await operator.stage.enqueue({ parentId });
      expect(await named({ parentId })).toEqual([child]);
      expect(await named({ parentId: parentId.toUpperCase() })).toEqual([child]);
      expect(await named({ parentId: child })).toEqual([]);
    });

    it('F78 narrows by all of it together, page by page', async () => {
      const ids: JobId[] = [];
      for (let made = 0; made < 5; made += 1) ids.unshift(await enqueue({ user: { id: 42 } }, ['a', 'b']));
      await enqueue({ user: { id: 43 } }, ['a', 'b']);
      const query = {
        status: 'pending',
        tags: ['a'],
        payload: { 'user.id': 42 },
        createdAfter: new Date(0),
        limit: 3,
      } as const;
      const first = await operator.admin.list(query);
      expect(first.jobs.map(({ id }) => id)).toEqual(ids.slice(0, 3));
      const second = await operator.admin.list({ ...query, cursor: first.nextCursor });
      expect(second.jobs.map(({ id }) => id)).toEqual(ids.slice(3));
      expect(second.nextCursor).toBeNull();
    });
  });
}
