import type { CanActivate, ModuleMetadata, Type } from '@nestjs/common';
import type { Account, Permission } from './contract.js';
import type { OAuthOptions } from './access/oauth-provider.js';
import type { SessionStore } from './access/session-store.js';

/** Whoever asks, for `access` and `account`. */
export interface DashboardRequest {
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** What a guard of the application put into `request.user`. */
  readonly user: unknown;
  /** Known from basic auth, from OAuth or from `account`; else `null`. */
  readonly account: Account | null;
  /** The request of Express or Fastify itself. */
  readonly native: unknown;
}

/**
 * What somebody may do. `none`: nothing. `read`: look at everything but payloads and results. `all`: everything. A list:
 * exactly what it names.
 */
export type DashboardAccess = 'none' | 'read' | 'all' | readonly Permission[];

export type AccessFunction = (request: DashboardRequest) => DashboardAccess | Promise<DashboardAccess>;

/** One account of basic auth. */
export interface BasicAccount {
  user: string;
  password: string;
}

/** What can come from a factory. */
export interface DashboardSettings {
  /**
   * Who may do what. `'open'`: everybody everything, in production too. Default: whoever passes the guards, basic auth
   * or the login may do everything.
   */
  access?: 'open' | AccessFunction;
  /** Who it is that the application's guards let in; for the trail. Default: `id`, `name` and `email` of `request.user`. */
  account?: (request: DashboardRequest) => string | Account | null;
  /** Nothing can be changed, whatever `access` says. Default false. */
  readOnly?: boolean;
  /** Payloads and results are shown on demand only. Default false. */
  hidePayloads?: boolean;
  /** One account of basic auth or several. */
  basicAuth?: BasicAccount | readonly BasicAccount[];
  /** Login with an account from elsewhere. */
  oauth?: OAuthOptions;
  /** Where logins are kept: in the `memory` of this process (default), in the `ledger`, or in a store of your own. */
  sessions?: 'memory' | 'ledger' | SessionStore;
  /** A trace's page, with `{traceId}` in it. */
  traceUrl?: string;
  /** Origins of other sites whose pages may use the API, as `https://ops.example.com`. Default none. */
  cors?: readonly string[];
  /** Where browsers find the dashboard, as `https://ops.example.com/kyu`; needed for OAuth and behind a proxy that changes paths. */
  publicUrl?: string;
}

/** What has to be known before any factory runs. */
export interface DashboardPlace {
  /** Where it is mounted, below the global prefix. Default `kyu`. */
  path?: string;
  /** Guards of the application: before every page, asset, answer and stream. */
  guards?: readonly (Type<CanActivate> | CanActivate)[];
  /** The Kyu instance that it shows. Default: the one without a name. */
  instance?: string;
  /** Modules whose providers the guards or the factory inject. */
  imports?: ModuleMetadata['imports'];
}

/** Options of `KyuDashboardModule.forRoot`. */
export interface KyuDashboardOptions extends DashboardSettings, DashboardPlace {}

/** Options of `KyuDashboardModule.forRootAsync`. */
export interface KyuDashboardAsyncOptions extends DashboardPlace {
  inject?: readonly unknown[];
  useFactory: (...services: never[]) => DashboardSettings | Promise<DashboardSettings>;
}

export interface ResolvedDashboardOptions {
  /** Without slashes at its ends. */
  readonly path: string;
  readonly authentication: 'none' | 'basic' | 'oauth';
  readonly access: 'open' | AccessFunction | undefined;
  readonly account: DashboardSettings['account'];
  readonly readOnly: boolean;
  readonly hidePayloads: boolean;
  readonly basicAuth: readonly BasicAccount[];
  readonly oauth: OAuthOptions | undefined;
  readonly sessions: 'memory' | 'ledger' | SessionStore;
  readonly traceUrl: string | null;
  readonly cors: readonly string[];
  readonly publicUrl: URL | undefined;
}
