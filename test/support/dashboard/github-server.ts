import { createHash, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An OAuth server of this machine that behaves as GitHub does, PKCE included. */
export interface GithubServer {
  readonly url: string;
  /** Who logs in next. */
  login: string;
  /** What the token was asked with, last. */
  readonly asked: Record<string, string>[];
  close(): Promise<void>;
}

export const CLIENT = { clientId: 'the-client', clientSecret: 'the-secret-of-the-client' };

interface Grant {
  readonly challenge: string;
  readonly redirectUri: string;
}

export async function startGithubServer(): Promise<GithubServer> {
  const grants = new Map<string, Grant>();
  const tokens = new Map<string, string>();
  const state: { login: string; asked: Record<string, string>[] } = { login: 'octocat', asked: [] };
  const server = createServer((request, response) => {
    void answer(request).then(({ status, headers = {}, body }) => {
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(JSON.stringify(body ?? {}));
    });
  });

  async function answer(request: IncomingMessage): Promise<Reply> {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    if (pathname === '/login/oauth/authorize') return authorize(searchParams);
    if (pathname === '/login/oauth/access_token') return exchange(new URLSearchParams(await textOf(request)));
    const login = tokens.get((request.headers.authorization ?? '').replace(/^bearer /i, ''));
    if (pathname !== '/api/v3/user' || login === undefined) return { status: 401 };
    return {
      status: 200,
      body: { id: 583_231, login, avatar_url: 'https://avatars.githubusercontent.com/u/1' },
    };
  }

  function authorize(query: URLSearchParams): Reply {
    const code = randomBytes(8).toString('hex');
    const redirectUri = query.get('redirect_uri') ?? '';
    grants.set(code, { challenge: query.get('code_challenge') ?? '', redirectUri });
    const back = new URL(redirectUri);
    back.searchParams.set('code', code);
    back.searchParams.set('state', query.get('state') ?? '');
    return { status: 302, headers: { location: back.href } };
  }

  function exchange(form: URLSearchParams): Reply {
    state.asked.push(Object.fromEntries(form));
    const grant = grants.get(form.get('code') ?? '');
    grants.delete(form.get('code') ?? '');
    const verifier = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    const isRight =
      grant !== undefined &&
      verifier === grant.challenge &&
      form.get('redirect_uri') === grant.redirectUri &&
      form.get('client_secret') === CLIENT.clientSecret;
    // GitHub tells of a wrong code with status 200.
    if (!isRight) return { status: 200, body: { error: 'bad_verification_code' } };
    const token = randomBytes(16).toString('hex');
    tokens.set(token, state.login);
    return { status: 200, body: { access_token: token, token_type: 'bearer', scope: 'read:user' } };
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(state, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  });
}

interface Reply {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
