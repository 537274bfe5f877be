import {
  Injectable,
  Module,
  UnauthorizedException,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { DASHBOARD_ROUTES } from 'nestjs-kyu/dashboard';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apiAt, send, UNFORGED } from '../support/dashboard/api-client.js';
import { ADAPTERS, openDashboardApp, type DashboardApp } from '../support/dashboard/dashboard-app.js';
import { TestLedger } from '../support/test-ledger.js';

let ledger: TestLedger;

beforeAll(async () => {
  ledger = await TestLedger.open('dash_guards');
});

afterAll(() => ledger.close());

@Injectable()
class Passwords {
  readonly right = 'open sesame';
}

@Module({ providers: [Passwords], exports: [Passwords] })
class PasswordsModule {}

/** Knows who it is, as guards do that read a token. */
@Injectable()
class PasswordGuard implements CanActivate {
  constructor(private readonly passwords: Passwords) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<{ headers: Record<string, string>; user?: unknown }>();
    if (request.headers['x-password'] !== this.passwords.right)
      throw new UnauthorizedException('Say the word');
    request.user = { id: 7, name: 'Ada' };
    return true;
  }
}

Reflect.defineMetadata('design:paramtypes', [Passwords], PasswordGuard);

const PAGES = ['', '/', '/jobs', '/jobs/1234', '/assets/main.js', '/assets/none', '/login'];

function everyPath(base: string): { method: string; path: string }[] {
  const routes = DASHBOARD_ROUTES.map(({ method, path }) => {
    return { method, path: `${base}/api/v1/${path.replaceAll(/:\w+/g, 'x')}` };
  });
  const others = ['', '/nothing', '/nothing/at/all'].flatMap((path) =>
    ['GET', 'POST', 'OPTIONS', 'DELETE'].map((method) => ({ method, path: `${base}/api/v1${path}` })),
  );
  return [...routes, ...others, ...PAGES.map((page) => ({ method: 'GET', path: `${base}${page}` }))];
}

describe.each(ADAPTERS)("the application's own guards on %s", (adapter) => {
  const opened: DashboardApp[] = [];

  async function open(spec: Partial<Parameters<typeof openDashboardApp>[0]>): Promise<DashboardApp> {
    const app = await openDashboardApp({ adapter, kyu: ledger.options({ autoStart: false }), ...spec });
    opened.push(app);
    return app;
  }

  afterAll(async () => {
    for (const { app } of opened) await app.close();
  });

  it('F94 stand before every page, asset, answer, mutation and stream, as global guards', async () => {
    const { url } = await open({
      dashboard: { path: 'kyu' },
      imports: [PasswordsModule],
      providers: [{ provide: APP_GUARD, useClass: PasswordGuard }],
    });
    for (const { method, path } of everyPath('/kyu')) {
      const answer = await send(url, { method, path, headers: UNFORGED });
      expect(answer.status, `${method} ${path}`).toBe(401);
      if (path.includes('/api/v1')) expect(answer.json.error?.code).toBe('KYU_API_UNAUTHENTICATED');
    }
    expect((await send(url, { path: '/kyu', headers: { 'x-password': 'open sesame' } })).status).toBe(200);
  });

  it('F90 F94 stand before everything as guards of the dashboard, under a global prefix, and say who it is', async () => {
    const { url } = await open({
      dashboard: { path: 'deep/down/kyu', guards: [PasswordGuard], imports: [PasswordsModule] },
      prepare: (app) => app.setGlobalPrefix('api/v7').enableVersioning(),
    });
    const base = '/api/v7/deep/down/kyu';
    for (const { method, path } of everyPath(base)) {
      const answer = await send(url, { method, path, headers: UNFORGED });
      expect(answer.status, `${method} ${path}`).toBe(401);
    }
    const api = apiAt(url, base, { 'x-password': 'open sesame' });
    expect((await api.get('config')).json.data).toMatchObject({
      basePath: base,
      account: { id: '7', name: 'Ada', provider: 'app' },
    });
    const { id } = (await api.post('jobs', { type: 'thing', options: { delay: '1h' } })).json.data as {
      id: string;
    };
    await api.post(`jobs/${id}/cancel`);
    expect((await api.get(`audit?jobId=${id}`)).json.data).toMatchObject({
      rows: [
        { action: 'cancel', actor: 'app:Ada' },
        { action: 'enqueue', actor: 'app:Ada' },
      ],
    });
  });

  it('F90 several mounts of several instances do not mix', async () => {
    const { KyuModule } = await import('nestjs-kyu');
    const { url } = await open({
      imports: [KyuModule.forRoot({ ...ledger.options({ autoStart: false }), name: 'reports' })],
      dashboard: [{ path: 'one' }, { path: 'two', instance: 'reports', readOnly: true, hidePayloads: true }],
    });
    expect((await apiAt(url, '/one').get('config')).json.data).toMatchObject({
      instance: 'default',
      basePath: '/one',
    });
    expect((await apiAt(url, '/two').get('config')).json.data).toMatchObject({
      instance: 'reports',
      basePath: '/two',
      readOnly: true,
      hidesPayloads: true,
      permissions: ['read', 'payloads'],
    });
  });
});
