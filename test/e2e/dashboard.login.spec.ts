import { githubProvider, type KyuDashboardOptions } from 'nestjs-kyu/dashboard';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { send, type ApiAnswer } from '../support/dashboard/api-client.js';
import { ADAPTERS, openDashboardApp, type DashboardApp } from '../support/dashboard/dashboard-app.js';
import { CLIENT, startGithubServer, type GithubServer } from '../support/dashboard/github-server.js';
import { TestLedger } from '../support/test-ledger.js';
import { freePort } from '../support/stores/free-port.js';

let ledger: TestLedger;
let github: GithubServer;

beforeAll(async () => {
  ledger = await TestLedger.open('dash_login');
  github = await startGithubServer();
});

afterAll(async () => {
  await ledger.close();
  await github.close();
});

const API = '/ops/kyu/api/v1';

/** A browser, as far as cookies go. */
class Browser {
  readonly cookies = new Map<string, string>();

  constructor(private readonly url: string) {}

  async ask(
    path: string,
    method = 'GET',
    headers: Record<string, string> = {},
    body?: unknown,
  ): Promise<ApiAnswer> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await send(this.url, { method, path, headers: { cookie, ...headers }, body });
    for (const line of [answer.headers['set-cookie'] ?? []].flat()) this.keep(line);
    return answer;
  }

  /** Goes to the provider and comes back to the callback, but does not enter it. */
  async goToProvider(): Promise<URL> {
    const begun = await this.ask(`${API}/auth/login/github`);
    expect(begun.status, begun.text).toBe(302);
    const back = await fetch(String(begun.headers['location']), { redirect: 'manual' });
    return new URL(back.headers.get('location') ?? '');
  }

  async logIn(): Promise<ApiAnswer> {
    const back = await this.goToProvider();
    return this.ask(`${back.pathname}${back.search}`);
  }

  private keep(line: string): void {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    if (/max-age=0/i.test(line)) this.cookies.delete(name);
    else this.cookies.set(name, value);
  }
}

describe.each(ADAPTERS)('the login on %s', (adapter) => {
  let open: DashboardApp;

  beforeAll(async () => {
    const port = await freePort();
    const dashboard: KyuDashboardOptions = {
      path: 'ops/kyu',
      publicUrl: `http://127.0.0.1:${port}/ops/kyu`,
      // Both stores of the house, one on each.
      sessions: adapter === 'express' ? 'memory' : 'ledger',
      oauth: { providers: [githubProvider({ ...CLIENT, baseUrl: github.url })], allow: ['GitHub:OctoCat'] },
    };
    open = await openDashboardApp({ adapter, kyu: ledger.options({ autoStart: false }), dashboard, port });
  });

  afterAll(() => open.app.close());

  it('F94 shows the page to everybody, and data to nobody who is not logged in', async () => {
    const browser = new Browser(open.url);
    expect((await browser.ask('/ops/kyu/login')).status).toBe(200);
    expect((await browser.ask(`${API}/jobs`)).json.error?.code).toBe('KYU_API_UNAUTHENTICATED');
    expect((await browser.ask(`${API}/events`)).status).toBe(401);
    expect((await browser.ask(`${API}/auth/me`)).status).toBe(401);
    expect((await browser.ask(`${API}/config`)).json.data).toMatchObject({
      authentication: 'oauth',
      permissions: [],
      account: null,
      version: '',
      queues: [],
    });
    expect((await browser.ask(`${API}/auth/providers`)).json.data).toEqual([
      { id: 'github', name: 'GitHub', loginUrl: `${API}/auth/login/github` },
    ]);
  });

  it('F94 logs in with an account of the list, makes changes in its name, and logs out', async () => {
    github.login = 'octocat';
    const browser = new Browser(open.url);
    const back = await browser.logIn();
    expect(back).toMatchObject({ status: 302, headers: { location: '/ops/kyu/' } });
    expect([back.headers['set-cookie']].flat().join('\n')).toMatch(
      /kyu_session=[\w-]{43}; .*HttpOnly.*SameSite=Lax/i,
    );
    expect(github.asked.at(-1)).toHaveProperty('code_verifier');
    const config = (await browser.ask(`${API}/config`)).json.data as { csrfToken: string; account: object };
    expect(config.account).toMatchObject({ name: 'octocat', provider: 'github' });
    const token = { 'x-kyu-csrf': config.csrfToken };
    const added = await browser.ask(`${API}/jobs`, 'POST', token, { type: 'x', options: { delay: '1h' } });
    const { id } = added.json.data as { id: string };
    await browser.ask(`${API}/jobs/${id}/cancel`, 'POST', token);
    expect((await browser.ask(`${API}/audit?jobId=${id}`)).json.data).toMatchObject({
      rows: [{ actor: 'github:octocat' }, { action: 'enqueue', actor: 'github:octocat' }],
    });
    // Somebody else's token is none: it belongs to the login.
    const foreign = {
      'x-kyu-csrf': 'another-token-of-somebody',
      cookie: `kyu_session=${browser.cookies.get('kyu_session')}; kyu_csrf=another-token-of-somebody`,
    };
    expect((await browser.ask(`${API}/jobs`, 'POST', foreign, { type: 'x' })).json.error?.code).toBe(
      'KYU_API_FORGED',
    );
    const stolen = browser.cookies.get('kyu_session') ?? '';
    expect((await browser.ask(`${API}/auth/logout`, 'POST', token)).status).toBe(200);
    expect(browser.cookies.has('kyu_session')).toBe(false);
    expect(
      (await send(open.url, { path: `${API}/jobs`, headers: { cookie: `kyu_session=${stolen}` } })).status,
    ).toBe(401);
  });

  it('F94 refuses an account that is not on the list, and opens no session for it', async () => {
    github.login = 'mallory';
    const browser = new Browser(open.url);
    expect((await browser.logIn()).headers['location']).toBe('/ops/kyu/login?error=denied');
    expect(browser.cookies.has('kyu_session')).toBe(false);
    github.login = 'octocat';
  });

  it('F94 refuses a state that is not that of the login, and uses each login once', async () => {
    const browser = new Browser(open.url);
    const back = await browser.goToProvider();
    const wrong = new URLSearchParams(back.search);
    wrong.set('state', 'another');
    expect((await browser.ask(`${back.pathname}?${wrong.toString()}`)).headers['location']).toBe(
      '/ops/kyu/login?error=provider',
    );
    // What began the login is used up by the attempt.
    expect((await browser.ask(`${back.pathname}${back.search}`)).headers['location']).toBe(
      '/ops/kyu/login?error=expired',
    );
  });

  it('F94 refuses a login that began in another browser, whose verifier it does not have', async () => {
    const [victim, attacker] = [new Browser(open.url), new Browser(open.url)];
    const lure = await attacker.goToProvider();
    expect((await victim.ask(`${lure.pathname}${lure.search}`)).headers['location']).toBe(
      '/ops/kyu/login?error=expired',
    );
    await victim.goToProvider();
    const swapped = await victim.ask(`${lure.pathname}${lure.search}`);
    expect(swapped.headers['location']).toBe('/ops/kyu/login?error=provider');
    expect(victim.cookies.has('kyu_session')).toBe(false);
  });

  it('F94 sends codes only where the options say, whatever host the request names', async () => {
    const answer = await send(open.url, {
      path: `${API}/auth/login/github`,
      headers: { host: 'evil.example', 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' },
    });
    const redirectUri = new URL(String(answer.headers['location'])).searchParams.get('redirect_uri');
    expect(redirectUri).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/ops\/kyu\/api\/v1\/auth\/callback\/github$/);
  });
});
