import type { Account, AuthProvider } from '../contract.js';
import type { Exchange } from '../http/exchange.js';
import { digestOf, cookieOf, dropCookie, newSecret, setCookie, type CookiePlace } from './cookies.js';
import { isAllowed, type OAuthOptions, type OAuthProvider } from './oauth-provider.js';
import type { SessionStore } from './session-store.js';
import { loginFailed, notFound } from '../refusal.js';

const SESSION_COOKIE = 'kyu_session';
const LOGIN_COOKIE = 'kyu_login';
/** A day, as people work. */
const SESSION_MS = 24 * 3_600_000;
/** Longer than anybody needs to find a password. */
const LOGIN_MS = 600_000;

/** A login that has been made. */
export interface Login {
  readonly id: string;
  readonly account: Account;
  /** Sent back with every change. */
  readonly token: string;
}

interface PendingLogin {
  readonly provider: string;
  readonly state: string;
  readonly codeVerifier: string;
}

/** Where a browser goes next, and the cookies that it takes along. */
export interface Redirection {
  readonly location: string;
  readonly cookies: readonly string[];
}

/** What the desk works with. */
export interface LoginDeskParts {
  readonly oauth: OAuthOptions;
  readonly store: SessionStore;
  readonly publicUrl: URL;
  readonly logger: { warn(message: string, details?: Record<string, unknown>): void };
}

/** Logs people in and out by way of a provider, and knows who they are afterwards. */
export class LoginDesk {
  private readonly base: string;

  constructor(private readonly parts: LoginDeskParts) {
    this.base = parts.publicUrl.pathname.replace(/\/+$/, '');
  }

  providers(): AuthProvider[] {
    return this.parts.oauth.providers.map(({ id, name }) => ({
      id,
      name,
      loginUrl: `${this.base}/api/v1/auth/login/${encodeURIComponent(id)}`,
    }));
  }

  /** Sends the browser to the provider. */
  async begin(providerId: string): Promise<Redirection> {
    const provider = this.providerOf(providerId);
    const pending: PendingLogin = { provider: provider.id, state: newSecret(), codeVerifier: newSecret() };
    const location = await provider.authorizationUrl({
      redirectUri: this.redirectUri(provider),
      state: pending.state,
      codeChallenge: digestOf(pending.codeVerifier),
    });
    const id = newSecret();
    await this.parts.store.set(`login:${digestOf(id)}`, JSON.stringify(pending), LOGIN_MS);
    const cookie = setCookie(LOGIN_COOKIE, id, { ...this.place('lax'), maxAgeMs: LOGIN_MS });
    return { location: location.href, cookies: [cookie] };
  }

  /**
   * The browser is back. What began the login is used up, whatever comes of it.
   * @throws ApiRefusal
   */
  async finish(providerId: string, exchange: Exchange): Promise<Redirection> {
    const provider = this.providerOf(providerId);
    const pending = await this.takePending(exchange);
    if (pending === undefined)
      throw loginFailed('expired', 'it did not begin in this browser, or took too long');
    if (pending.provider !== provider.id) throw loginFailed('expired', 'it began with another provider');
    const account = await this.accountFrom(provider, pending, exchange);
    if (!(await isAllowed(account, this.parts.oauth.allow))) {
      this.parts.logger.warn('An account that is not on the list of the dashboard tried to log in.', {
        provider: account.provider,
        account: account.name,
      });
      throw loginFailed('denied', 'this account is not on the list of those that may log in');
    }
    return { location: `${this.base}/`, cookies: await this.open(account) };
  }

  /** The login of whoever asks. */
  async sessionOf(exchange: Exchange): Promise<Login | undefined> {
    const id = cookieOf(exchange, SESSION_COOKIE);
    if (id === undefined || id === '') return undefined;
    const text = await this.parts.store.get(`session:${digestOf(id)}`);
    if (text === undefined) return undefined;
    const { account, token } = JSON.parse(text) as Omit<Login, 'id'>;
    // The list may have become shorter since the login.
    if (!(await isAllowed(account, this.parts.oauth.allow))) return undefined;
    return { id, account, token };
  }

  /** Ends a login here and in the store. */
  async leave(id: string): Promise<string[]> {
    await this.parts.store.delete(`session:${digestOf(id)}`);
    return [dropCookie(SESSION_COOKIE, this.place('lax'))];
  }

  private async open(account: Account): Promise<string[]> {
    const id = newSecret();
    const session = JSON.stringify({ account, token: newSecret() });
    await this.parts.store.set(`session:${digestOf(id)}`, session, SESSION_MS);
    return [
      setCookie(SESSION_COOKIE, id, { ...this.place('lax'), maxAgeMs: SESSION_MS }),
      dropCookie(LOGIN_COOKIE, this.place('lax')),
    ];
  }

  private async takePending(exchange: Exchange): Promise<PendingLogin | undefined> {
    const id = cookieOf(exchange, LOGIN_COOKIE);
    if (id === undefined || id === '') return undefined;
    const key = `login:${digestOf(id)}`;
    const text = await this.parts.store.get(key);
    await this.parts.store.delete(key);
    return text === undefined ? undefined : (JSON.parse(text) as PendingLogin);
  }

  private async accountFrom(
    provider: OAuthProvider,
    pending: PendingLogin,
    exchange: Exchange,
  ): Promise<Account> {
    const redirectUri = this.redirectUri(provider);
    const returned = new URL(redirectUri);
    returned.search = new URL(exchange.url, 'http://localhost').search;
    try {
      return await provider.account({ returned, redirectUri, ...pending });
    } catch (error) {
      // What a provider says may hold the code or the secret; its kind is enough to look into it.
      const kind = error instanceof Error ? error.name : 'unknown';
      this.parts.logger.warn('A login to the dashboard failed.', { provider: provider.id, error: kind });
      throw loginFailed('provider', 'the provider did not confirm it');
    }
  }

  private providerOf(id: string): OAuthProvider {
    const found = this.parts.oauth.providers.find((provider) => provider.id === id);
    if (found === undefined) throw notFound('such provider');
    return found;
  }

  /** Never from the request: whoever writes its headers would say where codes are sent to. */
  private redirectUri({ id }: OAuthProvider): string {
    return `${this.parts.publicUrl.origin}${this.base}/api/v1/auth/callback/${encodeURIComponent(id)}`;
  }

  private place(sameSite: CookiePlace['sameSite']): CookiePlace {
    return { base: this.base, isSecure: this.parts.publicUrl.protocol === 'https:', sameSite };
  }
}
