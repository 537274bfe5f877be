import * as oauth from 'oauth4webapi';
import type { Account } from '../contract.js';
import type { LoginRequest, LoginReturn, OAuthProvider } from './oauth-provider.js';

/** How GitHub knows the application: an OAuth app of https://github.com/settings/developers. */
export interface GithubProviderOptions {
  clientId: string;
  clientSecret: string;
  /** Of GitHub Enterprise, as `https://github.example.com`. Default `https://github.com`. */
  baseUrl?: string;
  /** Its API. Default `https://api.github.com`, with another `baseUrl` `<baseUrl>/api/v3`. */
  apiUrl?: string;
}

const GITHUB = 'https://github.com';
const LOCAL = new Set(['localhost', '127.0.0.1', '[::1]']);
/** A provider that hangs must not hold a request for ever. */
const PATIENCE_MS = 10_000;

/**
 * Login with a GitHub account; it asks for no access to anything but the public profile.
 * @example
 * oauth: { providers: [githubProvider({ clientId, clientSecret })], allow: ['github:octocat'] }
 */
export function githubProvider(options: GithubProviderOptions): OAuthProvider {
  return new GithubProvider(options);
}

class GithubProvider implements OAuthProvider {
  readonly id = 'github';
  readonly name = 'GitHub';
  private readonly server: oauth.AuthorizationServer;
  private readonly client: oauth.Client;
  private readonly apiUrl: string;

  constructor(private readonly options: GithubProviderOptions) {
    const base = (options.baseUrl ?? GITHUB).replace(/\/+$/, '');
    this.apiUrl = options.apiUrl ?? (base === GITHUB ? 'https://api.github.com' : `${base}/api/v3`);
    this.client = { client_id: options.clientId };
    this.server = {
      issuer: base,
      authorization_endpoint: `${base}/login/oauth/authorize`,
      token_endpoint: `${base}/login/oauth/access_token`,
    };
  }

  authorizationUrl({ redirectUri, state, codeChallenge }: LoginRequest): Promise<URL> {
    const url = new URL(String(this.server.authorization_endpoint));
    url.searchParams.set('client_id', this.options.clientId);
    url.searchParams.set('redirect_uri', redirectUri);
    url.searchParams.set('response_type', 'code');
    url.searchParams.set('scope', 'read:user');
    url.searchParams.set('state', state);
    url.searchParams.set('code_challenge', codeChallenge);
    url.searchParams.set('code_challenge_method', 'S256');
    return Promise.resolve(url);
  }

  async account({ returned, redirectUri, state, codeVerifier }: LoginReturn): Promise<Account> {
    const { server, client } = this;
    // GitHub names itself as issuer in some of its answers and not in others; the state is what ties them together.
    const query = new URLSearchParams(returned.searchParams);
    query.delete('iss');
    const parameters = oauth.validateAuthResponse(server, client, query, state);
    const secret = oauth.ClientSecretPost(this.options.clientSecret);
    const response = await oauth.authorizationCodeGrantRequest(
      server,
      client,
      secret,
      parameters,
      redirectUri,
      codeVerifier,
      this.wire({ headers: new Headers({ accept: 'application/json' }) }),
    );
    const { access_token: token } = await oauth.processAuthorizationCodeResponse(server, client, response);
    return this.profile(token);
  }

  private async profile(token: string): Promise<Account> {
    const url = new URL(`${this.apiUrl}/user`);
    const headers = new Headers({ accept: 'application/vnd.github+json', 'user-agent': 'nestjs-kyu' });
    const response = await oauth.protectedResourceRequest(token, 'GET', url, headers, null, this.wire());
    if (!response.ok) throw new Error(`GitHub answered ${response.status} for the profile.`);
    const { id, login, avatar_url: avatar } = (await response.json()) as Record<string, unknown>;
    if (typeof login !== 'string' || (typeof id !== 'number' && typeof id !== 'string')) {
      throw new Error('GitHub answered a profile without a name.');
    }
    return { id: String(id), name: login, avatarUrl: httpsOnly(avatar), provider: this.id };
  }

  /** Plain HTTP goes to this machine alone. */
  private wire(more: { readonly headers?: Headers } = {}) {
    const isLocal = LOCAL.has(new URL(this.server.issuer).hostname);
    return {
      ...more,
      signal: () => AbortSignal.timeout(PATIENCE_MS),
      ...(isLocal ? { [oauth.allowInsecureRequests]: true } : {}),
    };
  }
}

function httpsOnly(url: unknown): string | null {
  return typeof url === 'string' && url.startsWith('https://') ? url : null;
}
