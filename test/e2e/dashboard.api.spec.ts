import { JobHandler, KyuProducer } from 'nestjs-kyu';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apiAt } from '../support/dashboard/api-client.js';
import { ADAPTERS, openDashboardApp, type DashboardApp } from '../support/dashboard/dashboard-app.js';
import { TestLedger } from '../support/test-ledger.js';

let ledger: TestLedger;

beforeAll(async () => {
  ledger = await TestLedger.open('dash_api');
});

afterAll(() => ledger.close());

class Mailer {
  @JobHandler('send_email', { maxRetries: 0 })
  send({ to }: { to: string }): string {
    if (to === 'nobody') throw new TypeError('there is nobody');
    return `sent to ${to}`;
  }
}

describe.each(ADAPTERS)('the REST API on %s', (adapter) => {
  let open: DashboardApp;
  let api: ReturnType<typeof apiAt>;
  let queueName: string;

  beforeAll(async () => {
    const kyu = ledger.options();
    queueName = kyu.queueName;
    open = await openDashboardApp({
      adapter,
      kyu,
      dashboard: { path: 'admin/kyu' },
      providers: [Mailer],
    });
    api = apiAt(open.url, '/admin/kyu');
  });

  afterAll(() => open.app.close());

  it('F91 F95 lists, counts and shows jobs, and payloads to the last digit', async () => {
    const producer = open.app.get(KyuProducer);
    const good = await producer.enqueue('send_email', { to: 'a@b.example' });
    const bad = await producer.enqueue('send_email', { to: 'nobody' });
    await ledger.reaches(good.id, 'completed');
    await ledger.reaches(bad.id, 'dead');
    const list = await api.get(`jobs?query=status:dead&limit=10`);
    expect(list.status, list.text).toBe(200);
    expect(list.json.data).toMatchObject({
      jobs: expect.arrayContaining([expect.objectContaining({ id: bad.id })]),
    });
    const detail = await api.get(`jobs/${bad.id}`);
    expect(detail.json.data).toMatchObject({
      status: 'dead',
      runs: [{ outcome: 'failed', errorName: 'TypeError', errorMessage: 'there is nobody' }],
      verbs: ['retry', 'delete'],
    });
    expect((await api.get(`jobs/${good.id}/payload`)).json).toEqual({ to: 'a@b.example' });
    await ledger.sql(`update kyu_jobs set payload = '{"id": 9007199254740993}' where id = $1`, [good.id]);
    expect((await api.get(`jobs/${good.id}/payload`)).text).toBe('{"id": 9007199254740993}');
    const counts = await api.get('jobs/counts');
    expect(counts.json.data).toMatchObject({ counts: { dead: expect.any(Number) } });
  });

  it('answers every reading route', async () => {
    for (const path of [
      'health',
      'config',
      'auth/providers',
      'auth/me',
      'overview',
      'stats',
      'job-types',
      'queues',
      'workers',
      'schedules',
      'audit',
      'openapi.json',
    ]) {
      const answer = await api.get(path);
      expect(answer.status, `${path} ${answer.text}`).toBe(200);
    }
  });

  it('F91 answers mistakes with an envelope and a code', async () => {
    expect(await api.get('jobs/nonsense')).toMatchObject({
      status: 400,
      json: { error: { code: 'KYU_INVALID_QUERY' } },
    });
    expect(await api.get('nothing/here')).toMatchObject({
      status: 404,
      json: { error: { code: 'KYU_API_NOT_FOUND' } },
    });
    expect(await api.put('jobs', {})).toMatchObject({ status: 405, headers: { allow: 'GET, POST' } });
    expect(await api.post('jobs', '{"type":')).toMatchObject({
      status: 400,
      json: { error: { code: 'KYU_API_BODY' } },
    });
    expect(await api.post('jobs', JSON.stringify({ type: 'x'.repeat(3_000_000) }))).toMatchObject({
      status: 413,
    });
    expect(await api.get('jobs?nothing=1')).toMatchObject({
      status: 400,
      json: { error: { code: 'KYU_API_PARAMETER' } },
    });
  });

  it('F91 enqueues, cancels, pauses and tells the trail', async () => {
    const added = await api.post('jobs', {
      type: 'send_email',
      payload: { to: 'x' },
      options: { delay: '1h', tags: ['a'] },
    });
    expect(added).toMatchObject({ status: 201 });
    const { id } = added.json.data as { id: string };
    await ledger.sql(
      `insert into kyu_job_types (app, job_type, queue, max_retries, timeout_ms, payload_limit_bytes)
       values ($1, 'letter:*', 'post', 7, 120000, 1000) on conflict do nothing`,
      [queueName],
    );
    const elsewhere = await api.post('jobs', { type: 'letter:42', options: { delay: '1h' } });
    const { id: letter } = elsewhere.json.data as { id: string };
    expect(await ledger.job(letter)).toMatchObject({ queue: 'post', max_retries: 7, timeout_ms: '120000' });
    expect(await api.post(`jobs/${id}/cancel`, { reason: 'no' })).toMatchObject({
      json: { data: { status: 'cancelled' } },
    });
    expect(await api.delete(`jobs/${id}`)).toMatchObject({ status: 200 });
    const trail = await api.get(`audit?jobId=${id}`);
    expect(trail.json.data).toMatchObject({
      rows: [{ action: 'delete' }, { action: 'cancel', reason: 'no' }, { action: 'enqueue', affected: 1 }],
    });
  });
});
