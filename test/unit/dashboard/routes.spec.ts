import { describe, expect, it } from 'vitest';
import { DASHBOARD_ROUTES } from '../../../lib/dashboard.js';
import { DELETABLE_STATUSES, RETRYABLE_STATUSES } from '../../../lib/admin/job-query.js';
import { PERMISSIONS } from '../../../lib/dashboard/access/permissions.js';
import type { Permission } from '../../../lib/dashboard/contract.js';
import { HttpReply } from '../../../lib/dashboard/http/answers.js';
import { jobDetail, type DetailParts } from '../../../lib/dashboard/job-answers.js';
import type { Call } from '../../../lib/dashboard/routes/call.js';
import type { Route } from '../../../lib/dashboard/routes/route.js';
import { objectionTo } from '../../../lib/dashboard/schemas/check-value.js';

const ID = '019a1b2c-3d4e-7f50-8a61-7b8c9d0e1f20';
const BULK = ['retryJobs', 'cancelJobs', 'deleteJobs', 'runNowJobs', 'rescheduleJobs'] as const;
const ALL_BUT_PAYLOADS = PERMISSIONS.filter((one) => one !== 'payloads');

interface Asked {
  readonly permissions?: readonly Permission[];
  readonly body?: Readonly<Record<string, unknown>>;
  readonly query?: Readonly<Record<string, string | number>>;
  readonly params?: Readonly<Record<string, string>>;
  readonly hidePayloads?: boolean;
}

/** What a handler asked of the services, behind everything that lets requests in. */
function ask(name: string, asked: Asked, kyu: Readonly<Record<string, unknown>> = {}) {
  const told: { verb: string; given: readonly unknown[] }[] = [];
  const answerer =
    (verb: string) =>
    (...given: unknown[]) => {
      told.push({ verb, given });
      return Promise.resolve({ matched: 0, affected: 0, jobs: [], nextCursor: null, counts: {} });
    };
  const admin = new Proxy({}, { get: (_, verb) => answerer(String(verb)) });
  const { permissions = PERMISSIONS, body = {}, query = {}, params = {}, hidePayloads = false } = asked;
  const call = {
    params,
    query,
    body,
    base: '',
    visitor: { permissions: new Set(permissions), actor: 'app:Ada', account: null, sessionToken: null },
    exchange: { headers: {}, raw: {} },
    services: { kyu: { admin, queues: ['shop'], instance: 'default', ...kyu }, options: { hidePayloads } },
  } as unknown as Call;
  return { told, answer: async () => routeOf(name).handle(call) };
}

function routeOf(name: string): Route {
  const route = DASHBOARD_ROUTES.find((one) => one.name === name);
  if (route === undefined) throw new Error(`there is no route "${name}"`);
  return route;
}

describe.each(BULK)('%s', (name) => {
  const body = (more: object) => ({ ...(name === 'rescheduleJobs' ? { when: '1h' } : {}), ...more });
  const objection = (more: object) => objectionTo(body(more), routeOf(name).body ?? {});

  /** The options that the service was given. */
  async function optionsFor(more: object): Promise<unknown> {
    const { answer, told } = ask(name, { body: body({ query: 'status:dead', ...more }) });
    await answer();
    expect(told).toHaveLength(1);
    return told[0]?.given.at(-1);
  }

  it('F83 changes at most 10,000 jobs at once, unless it says fewer', async () => {
    expect(await optionsFor({})).toEqual({ actor: 'app:Ada', limit: 10_000, dryRun: false });
    expect(await optionsFor({ limit: 7, reason: 'why' })).toEqual({
      actor: 'app:Ada',
      reason: 'why',
      limit: 7,
      dryRun: false,
    });
    expect(objection({ query: 'x', limit: 10_000 })).toBeUndefined();
    expect(objection({ query: 'x', limit: 10_001 })).toContain('body.limit is 10001');
    expect(objection({ query: 'x', limit: 0 })).toContain('body.limit is 0');
  });

  it('F83 counts all that match when it only counts', async () => {
    expect(await optionsFor({ dryRun: true })).toEqual({ actor: 'app:Ada', dryRun: true });
    expect(await optionsFor({ dryRun: true, limit: 5 })).toMatchObject({ dryRun: true, limit: 5 });
  });

  it('F83 takes a query, or 1 to 500 ids, and not both', async () => {
    expect(objection({ ids: Array<string>(500).fill(ID) })).toBeUndefined();
    expect(objection({ ids: Array<string>(501).fill(ID) })).toContain('body.ids has 501 items');
    expect(objection({ ids: [] })).toContain('body.ids has 0 items');
    expect(objection({ ids: ['019a1b2c'] })).toContain('body.ids[0] is too short');
    for (const given of [{}, { query: 'status:dead', ids: [ID] }]) {
      const { answer, told } = ask(name, { body: body(given) });
      await expect(answer()).rejects.toMatchObject({ code: 'KYU_API_BODY', status: 400 });
      expect(told).toEqual([]);
    }
  });

  it('F83 means by ids those that the verb can change', async () => {
    const { answer, told } = ask(name, { body: body({ ids: [ID] }) });
    await answer();
    const status = { retryJobs: RETRYABLE_STATUSES, deleteJobs: DELETABLE_STATUSES };
    const narrowed = name in status ? { status: status[name as keyof typeof status] } : {};
    expect(told[0]?.given[0]).toEqual({ id: [ID], ...narrowed });
  });

  it('changes nothing in the archive, and says so', async () => {
    const { answer, told } = ask(name, { body: body({ query: 'status:dead archived:yes' }) });
    await expect(answer()).rejects.toMatchObject({
      code: 'KYU_API_BODY',
      message: expect.stringContaining('archive') as string,
    });
    expect(told).toEqual([]);
  });
});

describe('who may not read payloads', () => {
  const SEARCHING = [...BULK, 'listJobs', 'countJobs'];

  it.each(SEARCHING)('F94 does not find out by %s what is in them', async (name) => {
    for (const query of ['payload.user.id:42', '-payload.user.id:42']) {
      const asked = { query: { query }, body: { query, when: '1h' } };
      const refused = ask(name, { ...asked, permissions: ALL_BUT_PAYLOADS });
      await expect(refused.answer(), query).rejects.toMatchObject({
        code: 'KYU_API_FORBIDDEN',
        details: { permission: 'payloads' },
      });
      expect(refused.told).toEqual([]);
      const allowed = ask(name, asked);
      await allowed.answer();
      expect(allowed.told).toHaveLength(1);
    }
  });

  it('F94 is offered no key of theirs', async () => {
    const words = [{ text: 'parent:' }, { text: 'payload.' }, { text: 'payload.ada@example.com:' }];
    const kyu = { admin: { suggest: () => Promise.resolve(words) } };
    const query = { query: 'pa' };
    expect(await ask('suggestWords', { query, permissions: ALL_BUT_PAYLOADS }, kyu).answer()).toEqual([
      { text: 'parent:' },
    ]);
    expect(await ask('suggestWords', { query }, kyu).answer()).toEqual(words);
  });

  it('F94 sees schedules without them', async () => {
    const nightly = { name: 'nightly', payload: { to: 'ada' }, nextTicks: [], lastJob: null, options: {} };
    const schedules = {
      get: () => Promise.resolve({ name: 'nightly' }),
      details: () => Promise.resolve([nightly]),
    };
    const params = { name: 'nightly' };
    const read = (name: string, asked: Asked) => ask(name, { params, ...asked }, { schedules }).answer();
    expect(await read('listSchedules', {})).toMatchObject([{ payload: { to: 'ada' } }]);
    expect(await read('listSchedules', { hidePayloads: true })).toMatchObject([{ payload: null }]);
    expect(await read('listSchedules', { permissions: ALL_BUT_PAYLOADS })).toMatchObject([{ payload: null }]);
    expect(await read('readSchedule', { permissions: ALL_BUT_PAYLOADS })).toMatchObject({ payload: null });
    expect(await read('readSchedule', {})).toMatchObject({ payload: { to: 'ada' } });
  });
});

describe('who may do nothing', () => {
  it('F94 learns from the health whether it works, and nothing about what', async () => {
    const health = { overall: () => Promise.resolve({ status: 'down', ledger: { message: 'refused' } }) };
    const bodyFor = async (permissions: readonly Permission[]) => {
      const reply = await ask('readHealth', { permissions }, { health }).answer();
      expect(reply).toBeInstanceOf(HttpReply);
      const { status, body } = reply as HttpReply;
      expect(status).toBe(503);
      return JSON.parse(String(body)) as unknown;
    };
    expect(await bodyFor([])).toEqual({ data: { status: 'down' } });
    expect(await bodyFor(['read'])).toMatchObject({ data: { ledger: { message: 'refused' } } });
  });
});

describe('the verbs of a job', () => {
  const parts = (status: string, permissions: readonly Permission[], archivedAt: Date | null = null) =>
    ({
      job: { status, archivedAt, payload: null, createdAt: new Date(0), updatedAt: new Date(0) },
      runs: [],
      logs: [],
      children: [],
      explanation: { text: '', reasons: [], ahead: null },
      permissions: new Set(permissions),
    }) as unknown as DetailParts;

  it('F94 are those that its status allows and whoever asks may use', () => {
    expect(jobDetail(parts('dead', PERMISSIONS)).verbs).toEqual(['retry', 'delete']);
    expect(jobDetail(parts('dead', ['read', 'retry'])).verbs).toEqual(['retry']);
    expect(jobDetail(parts('failed', ['read', 'change'])).verbs).toEqual(['run-now', 'reschedule', 'change']);
    expect(jobDetail(parts('dead', ['read'])).verbs).toEqual([]);
    expect(jobDetail(parts('dead', PERMISSIONS, new Date(0))).verbs).toEqual([]);
  });
});
