import { describe, expect, it } from 'vitest';
import { errorNameOf, fingerprintOf } from '../../lib/core/error-fingerprint.js';
import { JOB_STATUSES } from '../../lib/core/job-status.js';
import type { JobId } from '../../lib/core/job.js';
import { JOB_SORTS } from '../../lib/core/ports/job-lists.js';
import { refusal, type AdminStage } from '../support/admin/admin-stage.js';
import { completed, discarded, failed, TYPE } from '../support/ledger/ledger-stage.js';

/** The operator's service: jobs in the words of the query language, in every order, and how many there are. */
export function describeAdminSearch<Transaction>(operator: AdminStage<Transaction>): void {
  const found = async (text: string): Promise<JobId[]> =>
    (await operator.admin.search(text)).jobs.map(({ id }) => id).sort();

  const died = (message: string, fields = {}): Promise<JobId> =>
    operator.stage.ran({ kind: 'discarded', error: new Error(message) }, fields);

  describe('a search', () => {
    it('F78 finds by every field, and leaves out what has a sign before it', async () => {
      const { stage } = operator;
      const worker = await stage.worker();
      const running = await stage.enqueue({ priority: 7, tags: ['a', 'b'] });
      await stage.claim(running, worker);
      const waiting = await stage.enqueue({
        queue: 'reports',
        type: 'report',
        tags: ['b'],
        parentId: running,
      });
      const dead = await died('Connect ECONNREFUSED 10%_\\ of it', { priority: -2 });
      const retried = await stage.ran(failed, { payload: '{"user":{"id":42},"name":"Ada"}' });
      const all = [running, waiting, dead, retried].sort();
      const but = (...left: JobId[]): JobId[] => all.filter((id) => !left.includes(id));

      expect(await found('')).toEqual(all);
      expect(await found('status:dead,running')).toEqual([dead, running].sort());
      expect(await found('-status:dead,running')).toEqual(but(dead, running));
      expect(await found('type:report')).toEqual([waiting]);
      expect(await found('-type:report')).toEqual(but(waiting));
      expect(await found('queue:reports')).toEqual([waiting]);
      expect(await found('error:econnrefused')).toEqual([dead]);
      expect(await found(String.raw`error:"10%_\\"`)).toEqual([dead]);
      expect(await found('error:"1__%"')).toEqual([]);
      expect(await found('-error:econnrefused')).toEqual(but(dead));
      expect(await found('tag:a,x')).toEqual([running]);
      expect(await found('tag:b tag:a')).toEqual([running]);
      expect(await found('-tag:b')).toEqual(but(running, waiting));
      expect(await found('payload.user.id:41,42')).toEqual([retried]);
      expect(await found('payload.user.id:"42"')).toEqual([]);
      expect(await found('-payload.user.id:42')).toEqual(but(retried));
      expect(await found('priority:7,-2')).toEqual([dead, running].sort());
      expect(await found('priority>=0 priority<7')).toEqual(but(dead, running));
      expect(await found('-priority:0')).toEqual([dead, running].sort());
      expect(await found('priority<=0')).toEqual(but(running));
      expect(await found('priority>0')).toEqual([running]);
      expect(await found('retries>0')).toEqual([retried]);
      expect(await found('retries<1')).toEqual(but(retried));
      expect(await found('retries:1,5')).toEqual([retried]);
      expect(await found('-retries:1')).toEqual(but(retried));
      expect(await found(`worker:${worker.slice(0, 9)}`)).toEqual([running]);
      expect(await found(`-worker:${worker}`)).toEqual(but(running));
      expect(await found(`parent:${running}`)).toEqual([waiting]);
      expect(await found(`id:${dead},${waiting.toUpperCase()}`)).toEqual([dead, waiting].sort());
      expect(await found(`id:${dead.slice(0, 35)},${waiting}`)).toContain(dead);
      expect(await found(`-id:${dead}`)).toEqual(but(dead));
      expect(await found('REPO')).toEqual([waiting]);
      expect(await found('econnrefused send')).toEqual([dead]);
      expect(await found(`-${TYPE}`)).toEqual([waiting]);
      expect(await found(dead)).toEqual([dead]);
      expect(await found('archived:yes')).toEqual([]);
    });

    it('F78 leaves out what any one of several signs names', async () => {
      const report = await operator.stage.enqueue({ type: 'report', payload: '{"a":1,"b":2}' });
      const dead = await died('Connect ECONNREFUSED', { payload: '{"a":1}', priority: 3 });
      const other = await operator.stage.enqueue({ payload: '{"a":3,"b":3}' });
      expect(await found('-type:report -priority:3')).toEqual([other]);
      expect(await found('-payload.b:2 -payload.a:3')).toEqual([dead]);
      expect(await found('-report -econnrefused')).toEqual([other]);
      expect(await found('-payload.b:2,3')).toEqual([dead]);
      expect(await found('-payload.a:3 payload.b:2')).toEqual([report]);
    });

    it('F78 finds by any of several texts of an error, and by the beginning of an id in capitals', async () => {
      const refused = await died('Connect ECONNREFUSED');
      const full = await died('the mailbox is full');
      await died('no such address');
      const waiting = await operator.stage.enqueue();
      expect(await found('error:refused,"is full"')).toEqual([refused, full].sort());
      expect(await found(waiting.toUpperCase())).toEqual([waiting]);
      expect(await found(`-${waiting.slice(0, 35).toUpperCase()}`)).not.toContain(waiting);
      expect(await found(`${waiting.slice(0, 13)} refused`)).not.toContain(waiting);
    });

    it('F78 finds by a fingerprint in capitals, and with the rest of a longer hash behind it', async () => {
      const refused = await died('Connect ECONNREFUSED 1');
      await died('no such address');
      const fingerprint = fingerprintOf('Connect ECONNREFUSED 2');
      expect(await found(`fingerprint:${fingerprint.toUpperCase()}`)).toEqual([refused]);
      expect(await found(`fingerprint:${fingerprint}0123456789abcdef`)).toEqual([refused]);
      expect(await found(`fingerprint:${fingerprint.slice(0, 15)}`)).toEqual([]);
    });

    it('F78 goes into payloads by paths as PostgreSQL reads them, however they are spelled', async () => {
      const text = JSON.stringify({ list: [40, [41], 42], '0': 'zero', 'first name': 'Ada', Paid: true });
      const payload = await operator.stage.enqueue({ payload: text });
      const list = await operator.stage.enqueue({ payload: '[7,{"x":null}]' });
      const nothing = async (...paths: string[]): Promise<void> => {
        for (const path of paths) expect(await found(path), path).toEqual([]);
      };
      expect(await found('payload.list.0:40')).toEqual([payload]);
      expect(await found('payload.list.00:40')).toEqual([payload]);
      expect(await found('payload.list.-0:40')).toEqual([payload]);
      expect(await found('"payload.list.+2":42')).toEqual([payload]);
      expect(await found('"payload.list. 2":42')).toEqual([payload]);
      expect(await found('payload.list.-1:42')).toEqual([payload]);
      expect(await found('payload.list.1.-1:41')).toEqual([payload]);
      await nothing(
        'payload.list.3:42',
        'payload.list.-4:40',
        'payload.list.first:40',
        'payload.list.1e0:41',
      );
      await nothing('"payload.list.2 ":42', '"payload.list.- 1":42', 'payload.list.99999999999:40');
      await nothing('payload.list.4294967296:40', 'payload.list.length:3', 'payload.list.2.0:42');
      expect(await found('payload.0:zero')).toEqual([payload]);
      expect(await found('payload.0:7')).toEqual([list]);
      await nothing('payload.00:zero', 'payload.-1:zero', 'payload.paid:true');
      expect(await found('payload.Paid:true')).toEqual([payload]);
      expect(await found('"payload.first name":Ada')).toEqual([payload]);
      await nothing(
        'payload.first:Ada',
        'payload.constructor.name:Object',
        'payload.__proto__.__proto__:null',
      );
      expect(await found('payload.1.x:null')).toEqual([list]);
      await nothing('payload.1.y:null', 'payload.0.x:null', 'payload.list:40');
    });

    it('F78 begins a span with its first instant, and ends it before its last', async () => {
      const id = await operator.stage.ran(completed);
      const { createdAt, completedAt } = await operator.admin.get(id);
      const finished = completedAt ?? new Date(NaN);
      const listed = async (selection: object): Promise<number> => operator.admin.count(selection);
      expect(await listed({ createdAfter: createdAt })).toBe(1);
      expect(await listed({ createdBefore: createdAt })).toBe(0);
      expect(await listed({ finishedAfter: finished })).toBe(1);
      expect(await listed({ finishedBefore: finished })).toBe(0);
      expect(await listed({ finishedAfter: new Date(+finished + 1) })).toBe(0);
      expect(await listed({ finishedBefore: new Date(+finished + 1) })).toBe(1);
    });

    it('F78 finds by age, by the ledger’s clock', async () => {
      const { stage } = operator;
      const old = await stage.ran(completed);
      // Created long ago and finished now: whoever takes the one instant for the other finds it wrongly.
      const late = await stage.enqueue();
      await stage.ledger.passTime(3_600_000);
      const recent = await stage.ran(completed);
      await stage.end(await stage.claim(late, await stage.worker()), completed);
      const waiting = await stage.enqueue();
      const both = (...ids: JobId[]): JobId[] => ids.toSorted();
      expect(await found('age>30m')).toEqual(both(old, late));
      expect(await found('created<30m')).toEqual(both(recent, waiting));
      expect(await found('finished>30m')).toEqual([old]);
      expect(await found('finished<30m')).toEqual(both(late, recent));
      expect(await found('age>30m finished<30m')).toEqual([late]);
      const between = new Date((await stage.ledger.nowMs()) - 1_800_000).toISOString();
      expect(await found(`created<${between}`)).toEqual(both(old, late));
      expect(await found(`created>${between}`)).toEqual(both(recent, waiting));
      expect(await found(`finished<${between}`)).toEqual([old]);
      expect(await found(`finished>${between}`)).toEqual(both(late, recent));
    });

    it('F78 finds by the key of a unique job, whole or the caller’s part', async () => {
      const key = 'type/shop/send_email/=order-42';
      const unique = { key, keeps: false, expiresAfterMs: null, onConflict: 'skip' } as const;
      const held = await operator.stage.enqueue({ unique });
      const without = await operator.stage.enqueue();
      expect(await found(`unique:${key}`)).toEqual([held]);
      expect(await found('unique:order-42')).toEqual([held]);
      expect(await found('unique:order-4')).toEqual([]);
      expect(await found('unique:rder-42')).toEqual([]);
      expect(await found('unique:order-__')).toEqual([]);
      expect(await found('-unique:order-42')).toEqual([without]);
    });

    it('F78 shows what lists need, and neither payload nor result', async () => {
      const small = await operator.stage.ran(completed, { payload: '1', tags: ['a'] });
      const large = await operator.stage.enqueue({ payload: JSON.stringify(['x'.repeat(1_000)]) });
      const { jobs } = await operator.admin.search('');
      expect(jobs.map(({ id }) => id)).toEqual([large, small]);
      const [first, second] = jobs;
      expect(first?.payloadSize).toBeGreaterThan(second?.payloadSize ?? Infinity);
      const {
        payload: _payload,
        result: _result,
        context: _context,
        ...job
      } = await operator.admin.get(small);
      const {
        timeoutMs: _timeout,
        crashCount: _crashes,
        parentId: _parent,
        uniqueKey: _key,
        ...others
      } = job;
      const { cancelRequestedAt: _asked, cancelReason: _reason, ...shown } = others;
      expect(second).toEqual({ ...shown, payloadSize: second?.payloadSize });
    });

    it('F83 is what bulk verbs take as well', async () => {
      const one = await died('Connect ECONNREFUSED 1');
      await died('no such address');
      const { fingerprint } = { fingerprint: fingerprintOf('Connect ECONNREFUSED 2') };
      const result = await operator.admin.retryMany({
        status: 'dead',
        error: 'econn',
        without: { type: 'x' },
      });
      expect(result).toEqual({ matched: 1, affected: 1 });
      expect(await found('status:pending')).toEqual([one]);
      expect(await operator.admin.retryMany({ status: 'dead', fingerprint })).toEqual({
        matched: 0,
        affected: 0,
      });
      expect(await operator.admin.cancelMany({ fingerprint, without: { status: 'pending' } })).toEqual({
        matched: 0,
        affected: 0,
      });
    });

    it('F87 says at which character it cannot be read', async () => {
      const error = await refusal(operator.admin.search('status:deed'));
      expect(error.code).toBe('KYU_INVALID_SEARCH');
      expect((await refusal(operator.admin.search(1 as never))).code).toBe('KYU_INVALID_QUERY');
      expect((await refusal(operator.admin.search('', { archived: true } as never))).field).toBe('archived');
    });
  });

  describe('the order of a list', () => {
    it.each(JOB_SORTS)('F78 by %s goes page by page in both directions, and misses none', async (sort) => {
      const { stage } = operator;
      for (let made = 0; made < 3; made += 1) {
        await stage.oneOfEach({ priority: made % 2 });
        await stage.ledger.passTime(1_000);
      }
      for (const order of ['asc', 'desc'] as const) {
        const { jobs } = await operator.admin.list({ sort, order });
        const pages: JobId[] = [];
        let cursor: string | null = null;
        do {
          const page = await operator.admin.summaries({ sort, order, limit: 2, cursor });
          pages.push(...page.jobs.map(({ id }) => id));
          cursor = page.nextCursor;
        } while (cursor !== null);
        expect(pages).toEqual(jobs.map(({ id }) => id));
        const keys = jobs.map(
          (job) =>
            ({
              created: job.id,
              updated: +job.updatedAt,
              finished: +(job.completedAt ?? NaN),
              scheduled: +(job.scheduledAt ?? NaN),
              priority: job.priority,
            })[sort],
        );
        expect(keys).not.toContain(NaN);
        const sorted = keys.toSorted((left, right) => (left < right ? -1 : left > right ? 1 : 0));
        expect(keys).toEqual(order === 'asc' ? sorted : sorted.toReversed());
        expect(keys).toHaveLength(
          { created: 21, updated: 21, finished: 9, scheduled: 6, priority: 21 }[sort],
        );
      }
    });

    it('F87 takes a cursor of the same order only', async () => {
      await operator.stage.enqueueMany(2);
      const { nextCursor } = await operator.admin.list({ limit: 1, sort: 'updated' });
      const error = await refusal(operator.admin.list({ limit: 1, sort: 'priority', cursor: nextCursor }));
      expect([error.code, error.field]).toEqual(['KYU_INVALID_QUERY', 'cursor']);
      expect((await refusal(operator.admin.list({ sort: 'size' as never }))).field).toBe('sort');
      expect((await refusal(operator.admin.list({ order: 'up' as never }))).field).toBe('order');
    });
  });

  describe('counts()', () => {
    it('F85 counts by status, no further than the cap, and leaves the status of the search aside', async () => {
      await operator.stage.oneOfEach();
      await operator.stage.enqueueMany(3, { queue: 'reports' });
      const ones = Object.fromEntries(JOB_STATUSES.map((status) => [status, 1]));
      expect(await operator.admin.counts('queue:shop status:dead')).toEqual({
        counts: ones,
        cappedAt: 10_000,
        estimated: [],
      });
      expect((await operator.admin.counts({}, { cap: 2 })).counts).toEqual({ ...ones, pending: 2 });
      expect((await operator.admin.counts('status:dead')).counts.pending).toBe(4);
      const looked = await operator.admin.counts('send queue:shop', { cap: 1 });
      expect(looked.counts).toEqual(ones);
      expect((await refusal(operator.admin.counts({}, { cap: 0 }))).field).toBe('cap');
    });
  });

  describe('suggest()', () => {
    const suggested = async (text: string, at?: number): Promise<string[]> =>
      (await operator.admin.suggest(text, at)).map((one) => one.text);

    it('F78 offers fields, and values that the ledger has seen', async () => {
      const worker = await operator.stage.worker();
      await operator.stage.enqueue({ tags: ['tenant 42', 'trial'], payload: '{"user":{"id":1}}' });
      expect(await operator.admin.suggest('sta')).toEqual([
        { text: 'status:', from: 0, to: 3, note: 'a status' },
      ]);
      expect(await suggested('')).toHaveLength(17);
      expect(await suggested('type:se')).toEqual([TYPE]);
      expect(await suggested('queue:')).toContain('shop');
      expect(await suggested('tag:')).toEqual(['"tenant 42"', 'trial']);
      expect(await suggested('tag:trial,"te')).toEqual(['"tenant 42"']);
      expect(await suggested(`worker:${worker.slice(0, 8)}`)).toEqual([worker]);
      expect(await suggested('-status:d')).toEqual([
        'dead',
        'scheduled',
        'pending',
        'failed',
        'completed',
        'cancelled',
      ]);
      expect(await suggested('payload.u')).toEqual(['payload.user:']);
      expect(await operator.admin.suggest('type:x status:de', 16)).toEqual(
        [
          { text: 'dead', from: 14, to: 16, note: null },
          { text: 'cancelled', from: 14, to: 16, note: null },
        ].filter(({ text }) => text.includes('de')),
      );
      expect(await suggested('error:"a b')).toEqual([]);
    });
  });

  describe('the fingerprint of an error', () => {
    const MESSAGES = [
      'Error 42 at 10.0.0.1:5432',
      `TypeError: can't read "name" of 'user 7' (a='x', it's)`,
      'job 019a1b2c-3d4e-7f50-8a61-7b8c9d0e1f20 of deadbeefdeadbeef and 0xAFFE\nsecond line 1',
      '`quoted` \\d+ [a-z] $1 $& %s ünïcödé … 😀 ' + 'x'.repeat(400),
      '',
      '"" \'\' ``',
    ];

    it('F84 is the same in the ledger and here', async () => {
      for (const message of MESSAGES.filter((one) => one !== '')) {
        const id = await died(message);
        const { errorMessage } = await operator.admin.get(id);
        expect(await found(`fingerprint:${fingerprintOf(errorMessage ?? '')}`)).toContain(id);
      }
    });

    it('F84 does not look at ids, numbers and what stands in quotes', () => {
      const same = (left: string, right: string): void =>
        expect(fingerprintOf(left)).toBe(fingerprintOf(right));
      same('timeout after 10 ms', 'timeout after 2500 ms');
      same('no "a" at 10.0.0.1', 'no "b c" at 192.168.1.1');
      same(
        "user 'x' of 019a1b2c-3d4e-7f50-8a61-7b8c9d0e1f20",
        "user 'yy' of 119a1b2c-3d4e-7f50-8a61-7b8c9d0e1f20",
      );
      expect(fingerprintOf('timeout')).not.toBe(fingerprintOf('refused'));
      expect(errorNameOf('TypeError: x')).toBe('TypeError');
      expect(errorNameOf('mailbox full')).toBe('Error');
    });
  });

  it('F84 knows the dead by their error', async () => {
    await operator.stage.ran(discarded);
    expect(await found('status:dead error:"no such"')).toHaveLength(1);
  });
}
