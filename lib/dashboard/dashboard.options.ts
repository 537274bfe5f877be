import type { CanActivate, ModuleMetadata, Type } from '@nestjs/common';
import { DashboardOpenError, KyuConfigError, type ConfigProblem } from '../core/errors.js';
import { describeValue } from '../core/redact.js';
import type { Account, Permission } from './contract.js';
import type { OAuthOptions } from './access/oauth-provider.js';
import type { SessionStore } from './access/session-store.js';
import { refuseUnusableOptions } from './refuse-options.js';

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
  /** Where logins are kept. Default: in the memory of this process. */
  sessions?: SessionStore;
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
  readonly sessions: SessionStore | undefined;
  readonly traceUrl: string | null;
  readonly cors: readonly string[];
  readonly publicUrl: URL | undefined;
}

export const DEFAULT_PATH = 'kyu';

/**
 * Every default applied, every mistake named at once.
 * @throws KyuConfigError
 * @throws DashboardOpenError in production, when nothing keeps anybody out
 */
export function resolveDashboardOptions(
  settings: DashboardSettings,
  place: DashboardPlace,
  environment: string | undefined = process.env['NODE_ENV'],
): ResolvedDashboardOptions {
  const problems: ConfigProblem[] = [];
  refuseUnusableOptions(settings, environment, problems);
  const path = readPath(place.path, problems);
  if (problems.length > 0) throw new KyuConfigError(problems, 'The options of KyuDashboardModule');
  const { access, basicAuth = [], oauth } = settings;
  const accounts = Array.isArray(basicAuth)
    ? (basicAuth as readonly BasicAccount[])
    : [basicAuth as BasicAccount];
  const isGuarded = (place.guards ?? []).length > 0 || accounts.length > 0 || oauth !== undefined;
  if (environment === 'production' && !isGuarded && access === undefined) throw new DashboardOpenError(path);
  return {
    path,
    authentication: oauth !== undefined ? 'oauth' : accounts.length > 0 ? 'basic' : 'none',
    access,
    account: settings.account,
    readOnly: settings.readOnly ?? false,
    hidePayloads: settings.hidePayloads ?? false,
    basicAuth: accounts,
    oauth,
    sessions: settings.sessions,
    traceUrl: settings.traceUrl ?? null,
    cors: settings.cors ?? [],
    publicUrl: settings.publicUrl === undefined ? undefined : new URL(settings.publicUrl),
  };
}

/** Words, dots, dashes and slashes: what both frameworks read as it is written. */
function readPath(path: unknown, problems: ConfigProblem[]): string {
  if (path === undefined) return DEFAULT_PATH;
  const plain = typeof path === 'string' ? path.replaceAll(/^\/+|\/+$/g, '') : '';
  if (typeof path === 'string' && /^(?:[\w.~-]+(?:\/[\w.~-]+)*)?$/.test(plain)) return plain;
  const allowed = "a path such as 'admin/kyu': letters, digits and . _ ~ - between slashes";
  problems.push({ field: 'path', value: describeValue(path), allowed });
  return DEFAULT_PATH;
}
