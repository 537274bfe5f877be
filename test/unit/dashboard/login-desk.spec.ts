import { beforeEach, describe, expect, it } from 'vitest';
import { setCookie } from '../../../lib/dashboard/access/cookies.js';
import { LoginDesk } from '../../../lib/dashboard/access/login-desk.js';
import { MemorySessionStore } from '../../../lib/dashboard/access/memory-session-store.js';
import type { LoginReturn, OAuthProvider } from '../../../lib/dashboard/access/oauth-provider.js';
import type { Exchange } from '../../../lib/dashboard/http/exchange.js';

const ACCOUNT = { id: '583231', name: 'octocat', avatarUrl: null, provider: 'here' };
const DAY_MS = 86_400_000;

let nowMs: number;
let allow: string[];
let asked: LoginReturn[];

beforeEach(() => {
  nowMs = 0;
  allow = ['octocat'];
  asked = [];
});

const PROVIDER: OAuthProvider = {
  id: 'here',
  name: 'Here',
  authorizationUrl: ({ state, redirectUri, codeChallenge }) => {
    const query = new URLSearchParams({ state, redirect_uri: redirectUri, code_challenge: codeChallenge });
    return Promise.resolve(new URL(`https://provider.example/?${query.toString()}`));
  },
  account: (returned) => {
    asked.push(returned);
    return Promise.resolve(ACCOUNT);
  },
};

function deskAt(publicUrl: string): LoginDesk {
  return new LoginDesk({
    oauth: { providers: [PROVIDER], allow: ({ name }) => allow.includes(name) },
    store: new MemorySessionStore(() => nowMs),
    publicUrl: new URL(publicUrl),
    logger: { warn: () => {} },
  });
}

/** A request with the cookies that were set before. */
function exchange(cookies: readonly string[], url = '/kyu/api/v1/auth/callback/here?code=1'): Exchange {
  const cookie = cookies.map((line) => line.split(';')[0]).join('; ');
  return { headers: { cookie }, url } as unknown as Exchange;
}

async function logIn(desk: LoginDesk, query = ''): Promise<{ location: string; cookies: readonly string[] }> {
  const { cookies } = await desk.begin('here');
  return desk.finish('here', exchange(cookies, `/kyu/api/v1/auth/callback/here?code=1${query}`));
}

describe('the cookies of a login', () => {
  it('F94 are out of the reach of scripts, of other sites, of other paths, and of plain HTTP', async () => {
    const desk = deskAt('https://ops.example.com/kyu/');
    const begun = (await desk.begin('here')).cookies;
    const { cookies } = await logIn(desk);
    expect([...begun, ...cookies]).toHaveLength(3);
    for (const line of [...begun, ...cookies]) {
      const flags = line.split('; ').slice(1);
      expect(flags).toEqual(expect.arrayContaining(['HttpOnly', 'Secure', 'SameSite=Lax', 'Path=/kyu']));
    }
    expect(cookies[0]).toContain(`Max-Age=${DAY_MS / 1_000}`);
  });

  it('F94 come over plain HTTP only where the dashboard is served by it', async () => {
    const { cookies } = await logIn(deskAt('http://localhost:3000/kyu'));
    expect(cookies.join()).not.toContain('Secure');
    const place = { base: '', isSecure: true, sameSite: 'strict' } as const;
    expect(setCookie('kyu_csrf', 'x', place)).toBe('kyu_csrf=x; Path=/; HttpOnly; Secure; SameSite=Strict');
  });
});

describe('a login', () => {
  it('F94 ends after a day, whatever the browser keeps', async () => {
    const desk = deskAt('https://ops.example.com/kyu');
    const { cookies } = await logIn(desk);
    nowMs = DAY_MS - 1;
    expect((await desk.sessionOf(exchange(cookies)))?.account).toEqual(ACCOUNT);
    nowMs = DAY_MS;
    expect(await desk.sessionOf(exchange(cookies))).toBeUndefined();
  });

  it('F94 ends with the place of its account on the list', async () => {
    const desk = deskAt('https://ops.example.com/kyu');
    const { cookies } = await logIn(desk);
    allow = ['somebody-else'];
    expect(await desk.sessionOf(exchange(cookies))).toBeUndefined();
  });

  it('F94 has to be made within ten minutes, with the verifier that it began with', async () => {
    const desk = deskAt('https://ops.example.com/kyu');
    const { cookies, location } = await desk.begin('here');
    await desk.finish('here', exchange(cookies));
    const begun = new URL(location).searchParams;
    expect(asked).toEqual([expect.objectContaining({ state: begun.get('state') })]);
    expect(begun.get('code_challenge')).not.toBe(asked[0]?.codeVerifier);
    const late = (await desk.begin('here')).cookies;
    nowMs += 600_000;
    await expect(desk.finish('here', exchange(late))).rejects.toMatchObject({
      details: { reason: 'expired' },
    });
  });

  it.each(['next', 'returnTo', 'redirect', 'redirect_uri', 'url', 'continue'])(
    'F94 leads to the dashboard and nowhere else, whatever ?%s= says',
    async (name) => {
      const elsewhere = `&${name}=${encodeURIComponent('https://evil.example/')}&${name}=//evil.example`;
      expect((await logIn(deskAt('https://ops.example.com/kyu'), elsewhere)).location).toBe('/kyu/');
    },
  );
});
