import type { Account, Permission } from '../contract.js';
import type { DashboardAccess, DashboardRequest, ResolvedDashboardOptions } from '../dashboard.options.js';
import type { Exchange } from '../http/exchange.js';
import { forbidden, readOnly, unauthenticated } from '../refusal.js';
import { changesSomething, type Route } from '../routes/route.js';
import { actorOf } from '../routes/call.js';
import { readBasicAuth } from './basic-auth.js';
import { refuseForgery } from './forgery.js';
import type { LoginDesk } from './login-desk.js';
import { PERMISSIONS } from './permissions.js';
import type { Visitor } from './visitor.js';

/** What remains of the permissions of a dashboard that only shows. */
const LOOKING: ReadonlySet<Permission> = new Set<Permission>(['read', 'payloads']);

/** Decides who comes in, and what they may do. Whatever is unclear is no. */
export class Gatekeeper {
  constructor(
    private readonly options: ResolvedDashboardOptions,
    private readonly desk: LoginDesk | undefined,
  ) {}

  /**
   * Whoever asks. One without an account may be somebody who has yet to log in.
   * @throws ApiRefusal when basic auth is asked for, and not there or wrong
   */
  async recognize(exchange: Exchange): Promise<Visitor> {
    const { basicAuth, authentication } = this.options;
    if (authentication === 'oauth') return this.recognizeLogin(exchange);
    const account =
      authentication === 'basic' ? readBasicAuth(exchange, basicAuth) : this.accountOfApp(exchange);
    return this.visitorOf(exchange, account, null);
  }

  /**
   * Whoever asks, when they may use the route.
   * @throws ApiRefusal
   */
  async admit(exchange: Exchange, route: Route): Promise<Visitor> {
    const visitor = await this.recognize(exchange);
    this.refuse(visitor, route);
    if (changesSomething(route)) refuseForgery(exchange, visitor, this.options);
    return visitor;
  }

  /** @throws ApiRefusal when they may not */
  refuse(visitor: Visitor, { permission }: Pick<Route, 'permission'>): void {
    if (permission === 'public' || visitor.permissions.has(permission)) return;
    if (this.options.authentication === 'oauth' && visitor.account === null) throw unauthenticated();
    if (this.options.readOnly && !LOOKING.has(permission)) throw readOnly();
    throw forbidden(permission);
  }

  private async recognizeLogin(exchange: Exchange): Promise<Visitor> {
    const login = await this.desk?.sessionOf(exchange);
    if (login === undefined) {
      return { account: null, permissions: new Set(), actor: null, sessionId: null, sessionToken: null };
    }
    return this.visitorOf(exchange, login.account, login);
  }

  private async visitorOf(
    exchange: Exchange,
    account: Account | null,
    login: { readonly id: string; readonly token: string } | null,
  ): Promise<Visitor> {
    return {
      account,
      permissions: await this.permissionsOf(requestOf(exchange, account)),
      actor: actorOf(account),
      sessionId: login?.id ?? null,
      sessionToken: login?.token ?? null,
    };
  }

  private async permissionsOf(request: DashboardRequest): Promise<ReadonlySet<Permission>> {
    const { access, readOnly: isReadOnly } = this.options;
    const granted = readAccess(typeof access === 'function' ? await access(request) : 'all');
    return new Set(isReadOnly ? granted.filter((one) => LOOKING.has(one)) : granted);
  }

  /** Who the guards of the application let in. */
  private accountOfApp(exchange: Exchange): Account | null {
    const given = this.options.account?.(requestOf(exchange, null)) ?? accountOfUser(exchange.user);
    if (typeof given !== 'string') return given;
    return { id: given, name: given, avatarUrl: null, provider: 'app' };
  }
}

/** What was granted; anything that is no answer grants nothing. */
export function readAccess(access: DashboardAccess): readonly Permission[] {
  if (access === 'all') return PERMISSIONS;
  if (access === 'read') return ['read'];
  return Array.isArray(access) ? PERMISSIONS.filter((one) => access.includes(one)) : [];
}

function requestOf({ headers, user, native }: Exchange, account: Account | null): DashboardRequest {
  return { headers, user, account, native };
}

function accountOfUser(user: unknown): Account | null {
  if (typeof user !== 'object' || user === null) return null;
  const { id, sub, userId, name, username, email } = user as Record<string, unknown>;
  const key = firstText(id, sub, userId, username, email);
  if (key === undefined) return null;
  return { id: key, name: firstText(name, username, email) ?? key, avatarUrl: null, provider: 'app' };
}

function firstText(...candidates: readonly unknown[]): string | undefined {
  const found = candidates.find(
    (one): one is string | number => (typeof one === 'string' && one !== '') || typeof one === 'number',
  );
  return found === undefined ? undefined : String(found);
}
