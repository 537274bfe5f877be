import { DashboardOpenError, KyuConfigError } from 'nestjs-kyu';
import { DASHBOARD_ROUTES, KyuDashboardModule, serveDashboard } from 'nestjs-kyu/dashboard';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { inject } from 'vitest';
import { apiAt, send, TOKEN, UNFORGED } from '../support/dashboard/api-client.js';
import { ADAPTERS, openDashboardApp, type DashboardApp } from '../support/dashboard/dashboard-app.js';
import { TestLedger } from '../support/test-ledger.js';

let ledger: TestLedger;

beforeAll(async () => {
  ledger = await TestLedger.open('dash_access');
});

afterAll(() => ledger.close());

const basic = (user: string, password: string) => ({
  authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
});

describe.each(ADAPTERS)('access on %s', (adapter) => {
  let open: DashboardApp;

  beforeAll(async () => {
    open = await openDashboardApp({
      adapter,
      kyu: ledger.options({ autoStart: false }),
      dashboard: [
        { path: 'open', cors: ['https://ops.example.com'] },
        {
          path: 'locked',
          basicAuth: [
            { user: 'ada', password: 'lovelace-1815' },
            { user: 'bob', password: 'p:w:with-colons' },
          ],
        },
      ],
    });
  });

  afterAll(() => open.app.close());

  it('F94 asks for a name and a password, for pages and assets and answers alike', async () => {
    for (const path of [
      '/locked',
      '/locked/assets/x.js',
      '/locked/api/v1/config',
      '/locked/api/v1/health',
      '/locked/api/v1/events',
      '/locked/api/v1/none',
    ]) {
      for (const headers of [
        {},
        basic('ada', 'wrong-password'),
        basic('bob', 'lovelace-1815'),
        { authorization: 'Bearer x' },
      ]) {
        const answer = await send(open.url, { path, headers });
        expect(answer.status, path).toBe(401);
        expect(answer.headers['www-authenticate']).toMatch(/^Basic realm=/);
      }
    }
    const { json } = await apiAt(open.url, '/locked', basic('bob', 'p:w:with-colons')).get('config');
    expect(json.data).toMatchObject({ authentication: 'basic', account: { name: 'bob', provider: 'basic' } });
  });

  it.each([
    ['no token at all', { cookie: '', 'x-kyu-csrf': '' }],
    ['a token without its cookie', { cookie: '', 'x-kyu-csrf': TOKEN }],
    ['a cookie without its token', { cookie: `kyu_csrf=${TOKEN}` }],
    ['a token that does not fit', { ...UNFORGED, 'x-kyu-csrf': `${TOKEN}-not` }],
    ['a token that is too short', { cookie: 'kyu_csrf=abc', 'x-kyu-csrf': 'abc' }],
    ['a page of another origin', { ...UNFORGED, origin: 'https://evil.example' }],
    ['a page without an origin', { ...UNFORGED, origin: 'null' }],
    ['another site, as the browser says', { ...UNFORGED, 'sec-fetch-site': 'cross-site' }],
  ])('F94 refuses a change with %s', async (_, headers) => {
    const answer = await send(open.url, {
      method: 'POST',
      path: '/open/api/v1/jobs',
      headers,
      body: { type: 'x' },
    });
    expect(answer).toMatchObject({ status: 403, json: { error: { code: 'KYU_API_FORGED' } } });
  });

  it('F94 refuses every change of every route without a token', async () => {
    const changes = DASHBOARD_ROUTES.filter(({ method }) => method !== 'GET');
    expect(new Set(changes.map(({ method }) => method))).toEqual(new Set(['POST', 'PUT', 'PATCH', 'DELETE']));
    for (const { method, path } of changes) {
      const answer = await send(open.url, {
        method,
        path: `/open/api/v1/${path.replaceAll(/:\w+/g, 'x')}`,
        body: {},
      });
      expect(answer.json.error?.code, `${method} ${path}`).toBe('KYU_API_FORGED');
    }
  });

  it('F94 takes a change of a form for none, even with a cookie', async () => {
    const answer = await send(open.url, {
      method: 'POST',
      path: '/open/api/v1/jobs',
      headers: { ...UNFORGED, 'content-type': 'text/plain' },
      body: '{"type":"x"}',
    });
    expect(answer).toMatchObject({ status: 415, json: { error: { code: 'KYU_API_MEDIA_TYPE' } } });
  });

  it('F94 takes changes of its own pages and of origins on the list, and lets those read', async () => {
    const { host } = new URL(open.url);
    for (const origin of [`http://${host}`, `https://${host}`, 'https://ops.example.com']) {
      const headers = { ...UNFORGED, origin };
      const answer = await send(open.url, {
        method: 'POST',
        path: '/open/api/v1/jobs',
        headers,
        body: { type: 'x' },
      });
      expect(answer.status, origin).toBe(201);
    }
    const preflight = await send(open.url, {
      method: 'OPTIONS',
      path: '/open/api/v1/jobs',
      headers: { origin: 'https://ops.example.com' },
    });
    expect(preflight).toMatchObject({
      status: 204,
      headers: { 'access-control-allow-origin': 'https://ops.example.com' },
    });
    const other = await send(open.url, {
      path: '/open/api/v1/config',
      headers: { origin: 'https://evil.example' },
    });
    expect(other.headers['access-control-allow-origin']).toBeUndefined();
  });

  it('F94 answers with headers that let nothing run, frame or remember', async () => {
    const page = await send(open.url, { path: '/open/jobs' });
    expect(page.headers['content-security-policy']).toMatch(
      /^default-src 'none'; script-src 'self'; style-src 'self';/,
    );
    expect(page.headers['content-security-policy']).not.toMatch(/unsafe|\*/);
    for (const directive of [
      "connect-src 'self'",
      "base-uri 'none'",
      "form-action 'self'",
      "frame-ancestors 'none'",
    ]) {
      expect(String(page.headers['content-security-policy']).split('; ')).toContain(directive);
    }
    const answer = await send(open.url, { path: '/open/api/v1/config' });
    expect(answer.headers).toMatchObject({
      'cache-control': 'no-store',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
      'set-cookie': [
        expect.stringMatching(/^kyu_csrf=[\w-]{43}; Path=\/open; HttpOnly; SameSite=Strict$/) as string,
      ],
    });
    for (const { headers } of [page, answer]) expect(headers['x-frame-options']).toBe('DENY');
    const etag = String(page.headers['etag']);
    expect((await send(open.url, { path: '/open/jobs', headers: { 'if-none-match': etag } })).status).toBe(
      304,
    );
  });
});

describe('the rule for production', () => {
  it('F94 refuses to mount where nothing keeps anybody out, and says what to do', () => {
    expect(() => KyuDashboardModule.forRoot({ path: 'kyu' }, 'production')).toThrow(DashboardOpenError);
    expect(() => KyuDashboardModule.forRoot({ path: 'kyu' }, 'production')).toThrow(
      /guards, basicAuth, oauth or access/,
    );
    expect(() => KyuDashboardModule.forRoot({ path: 'kyu', guards: [] }, 'production')).toThrow(
      DashboardOpenError,
    );
  });

  it.each([
    [{ access: 'open' as const }],
    [{ access: () => 'read' as const }],
    [{ guards: [{ canActivate: () => true }] }],
    [{ basicAuth: { user: 'ada', password: 'lovelace-1815' } }],
  ])('F94 mounts with %o', (options) => {
    expect(KyuDashboardModule.forRoot({ path: 'kyu', ...options }, 'production').controllers).toHaveLength(2);
  });

  it('F94 names every mistake in the options at once, and never a password', () => {
    const options = {
      pth: 'x',
      readOnly: 'yes',
      basicAuth: { user: 'ada', password: 'secret' },
      cors: ['*'],
      path: '../x',
      traceUrl: 'javascript:1',
    };
    const mount = () => KyuDashboardModule.forRoot(options as never);
    expect(mount).toThrow(KyuConfigError);
    for (const field of ['pth', 'readOnly', 'basicAuth', 'cors', 'path', 'traceUrl'])
      expect(mount).toThrow(new RegExp(`- ${field}: `));
    expect(mount).not.toThrow(/secret"/);
  });
});

describe('serveDashboard', () => {
  it('F90 serves the same without an application, on this machine alone', async () => {
    const migrated = await openDashboardApp({
      adapter: 'express',
      kyu: ledger.options({ autoStart: false }),
    });
    await migrated.app.close();
    const where = { postgres: inject('databaseUrl'), redis: false as const, schema: ledger.schema, port: 0 };
    const served = await serveDashboard({ ...where, readOnly: true });
    onTestFinished(() => served.close());
    const { json } = await apiAt(served.url, '').get('config');
    expect(json.data).toMatchObject({ basePath: '', readOnly: true, permissions: ['read', 'payloads'] });
    expect((await send(served.url, { path: '/' })).headers['content-type']).toContain('text/html');
    await expect(serveDashboard({ ...where, host: '0.0.0.0' })).rejects.toThrow(DashboardOpenError);
  });
});
