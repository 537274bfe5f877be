import { DashboardOpenError } from '../core/dashboard-errors.js';
import { KyuConfigError, type ConfigProblem } from '../core/errors.js';
import { describeValue } from '../core/redact.js';
import type {
  BasicAccount,
  DashboardPlace,
  DashboardSettings,
  ResolvedDashboardOptions,
} from './dashboard.options.js';
import { refuseUnusableOptions } from './refuse-options.js';

const DEFAULT_PATH = 'kyu';

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
    sessions: settings.sessions ?? 'memory',
    traceUrl: settings.traceUrl ?? null,
    cors: settings.cors ?? [],
    publicUrl: settings.publicUrl === undefined ? undefined : new URL(settings.publicUrl),
  };
}

/** Words, dots, dashes and slashes: what both frameworks read as it is written. */
function readPath(path: unknown, problems: ConfigProblem[]): string {
  if (path === undefined) return DEFAULT_PATH;
  const plain = typeof path === 'string' ? path.replaceAll(/^\/+|\/+$/g, '') : '';
  const isPlain = /^(?:[\w.~-]+(?:\/[\w.~-]+)*)?$/.test(plain) && !/(?:^|\/)\.{1,2}(?:\/|$)/.test(plain);
  if (typeof path === 'string' && isPlain) return plain;
  const allowed = "a path such as 'admin/kyu': letters, digits and . _ ~ - between slashes";
  problems.push({ field: 'path', value: describeValue(path), allowed });
  return DEFAULT_PATH;
}
