import type { INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { KyuProducer } from 'nestjs-kyu';
import { KyuTestbed, KyuTestingModule } from 'nestjs-kyu/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BackOfficeModule, Invoices } from './dashboard.module.js';

describe('the back office', () => {
  let app: INestApplication;
  let jobId: string;

  beforeEach(async () => {
    const testing = await Test.createTestingModule({
      imports: [KyuTestingModule.forRoot(), BackOfficeModule],
    }).compile();
    app = testing.createNestApplication({ logger: false });
    await app.listen(0, '127.0.0.1');
    jobId = (await app.get(KyuProducer).enqueue('print_invoice', { invoice: 7 })).id;
    await app.get(KyuTestbed).drain();
  });

  afterEach(() => app.close());

  async function ask(person: string, path: string, body?: object): Promise<Response> {
    const headers: Record<string, string> = { authorization: `Bearer token-of-${person}` };
    if (body === undefined) return fetch(`${await app.getUrl()}/admin/kyu${path}`, { headers });
    const token = 'any-token-of-a-script';
    Object.assign(headers, {
      'content-type': 'application/json',
      'x-kyu-csrf': token,
      cookie: `kyu_csrf=${token}`,
    });
    const url = `${await app.getUrl()}/admin/kyu${path}`;
    return fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  }

  it('is closed to strangers, its pages too', async () => {
    for (const path of ['', '/jobs', '/assets/main.js', '/api/v1/config', '/api/v1/jobs', '/api/v1/events']) {
      expect((await ask('nobody', path)).status).toBe(401);
    }
  });

  it('lets everybody look, and only some see what is in a job', async () => {
    expect((await ask('eve', `/api/v1/jobs/${jobId}`)).status).toBe(200);
    expect((await ask('eve', `/api/v1/jobs/${jobId}/payload`)).status).toBe(403);
    expect(await (await ask('bob', `/api/v1/jobs/${jobId}/payload`)).json()).toEqual({ invoice: 7 });
  });

  it('lets support run a job again, and keeps who it was', async () => {
    app.get(Invoices).isPrinterBroken = false;
    expect((await ask('eve', `/api/v1/jobs/${jobId}/retry`, {})).status).toBe(403);
    expect((await ask('bob', `/api/v1/jobs/${jobId}/cancel`, {})).status).toBe(403);
    expect((await ask('bob', `/api/v1/jobs/${jobId}/retry`, { reason: 'new printer' })).status).toBe(200);
    await app.get(KyuTestbed).drain();
    const trail = (await (await ask('ada', `/api/v1/audit?jobId=${jobId}`)).json()) as {
      data: { rows: object[] };
    };
    expect(trail.data.rows).toMatchObject([{ action: 'retry', actor: 'app:bob', reason: 'new printer' }]);
  });
});
