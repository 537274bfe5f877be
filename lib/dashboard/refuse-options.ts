import type { ConfigProblem } from '../core/errors.js';
import { nearestName } from '../core/near-miss.js';
import { describeValue } from '../core/redact.js';
import type { KeysOf } from '../core/option-scope.js';
import type { DashboardSettings, KyuDashboardOptions } from './dashboard.options.js';

const KEYS: KeysOf<KyuDashboardOptions> = {
  path: true,
  guards: true,
  instance: true,
  imports: true,
  access: true,
  account: true,
  readOnly: true,
  hidePayloads: true,
  basicAuth: true,
  oauth: true,
  sessions: true,
  traceUrl: true,
  cors: true,
  publicUrl: true,
};

/** A short password is found by trying. */
const SHORTEST_PASSWORD = 8;

/** Names every mistake in the options. */
export function refuseUnusableOptions(
  settings: DashboardSettings,
  environment: string | undefined,
  problems: ConfigProblem[],
): void {
  refuseUnknownKeys(settings, problems);
  refuse(problems, 'access', settings.access, isAccess, "'open' or a function");
  refuse(problems, 'account', settings.account, isFunction, 'a function');
  refuse(problems, 'readOnly', settings.readOnly, isFlag, 'true or false');
  refuse(problems, 'hidePayloads', settings.hidePayloads, isFlag, 'true or false');
  refuse(problems, 'traceUrl', settings.traceUrl, isTraceUrl, "an https or http URL with '{traceId}' in it");
  refuse(problems, 'cors', settings.cors, isOrigins, "a list of origins such as 'https://ops.example.com'");
  refuse(
    problems,
    'publicUrl',
    settings.publicUrl,
    isPublicUrl,
    "a URL such as 'https://ops.example.com/kyu'",
  );
  refuse(
    problems,
    'sessions',
    settings.sessions,
    isSessions,
    "'memory', 'ledger', or a store with get, set and delete",
  );
  refuseUnusableBasicAuth(settings, problems);
  refuseUnusableOAuth(settings, environment, problems);
}

function refuseUnknownKeys(settings: object, problems: ConfigProblem[]): void {
  for (const key of Object.keys(settings)) {
    if (Object.hasOwn(KEYS, key)) continue;
    const suggestion = nearestName(key, Object.keys(KEYS));
    problems.push({
      field: key,
      value: 'an option that does not exist',
      allowed: Object.keys(KEYS).join(', '),
      ...(suggestion === undefined ? {} : { suggestion }),
    });
  }
}

function refuse(
  problems: ConfigProblem[],
  field: string,
  value: unknown,
  isUsable: (value: unknown) => boolean,
  allowed: string,
): void {
  if (value !== undefined && !isUsable(value)) problems.push({ field, value: describeValue(value), allowed });
}

function refuseUnusableBasicAuth({ basicAuth, oauth }: DashboardSettings, problems: ConfigProblem[]): void {
  if (basicAuth === undefined) return;
  if (oauth !== undefined) {
    problems.push({ field: 'basicAuth', value: 'given beside oauth', allowed: 'one of the two' });
  }
  const accounts: unknown[] = Array.isArray(basicAuth) ? basicAuth : [basicAuth];
  // Never the value itself: it may hold a password under another name.
  if (accounts.length === 0 || !accounts.every(isBasicAccount)) {
    const allowed = `{ user, password } or a list of them; no colon in a user, at least ${SHORTEST_PASSWORD} characters in a password`;
    problems.push({ field: 'basicAuth', value: 'something else', allowed });
  }
}

function refuseUnusableOAuth(
  { oauth, publicUrl }: DashboardSettings,
  environment: string | undefined,
  problems: ConfigProblem[],
): void {
  if (oauth === undefined) return;
  const { providers, allow } = (oauth ?? {}) as Partial<NonNullable<typeof oauth>>;
  if (!Array.isArray(providers) || providers.length === 0) {
    problems.push({
      field: 'oauth.providers',
      value: describeValue(providers),
      allowed: 'one provider or several',
    });
  }
  if (!(isFunction(allow) || (Array.isArray(allow) && allow.length > 0 && allow.every(isText)))) {
    const allowed =
      "the accounts that may log in, such as ['github:octocat'], or a function; nobody else may";
    problems.push({ field: 'oauth.allow', value: describeValue(allow), allowed });
  }
  const isSecret =
    typeof publicUrl === 'string' && isPublicUrl(publicUrl) && isHttpsOrLocal(new URL(publicUrl));
  if (!isSecret && (environment === 'production' || publicUrl === undefined)) {
    const allowed = "with oauth, an https URL such as 'https://ops.example.com/kyu'";
    problems.push({ field: 'publicUrl', value: describeValue(publicUrl), allowed });
  }
}

function isBasicAccount(value: unknown): boolean {
  const { user, password } = (value ?? {}) as { user?: unknown; password?: unknown };
  if (typeof user !== 'string' || user === '' || user.includes(':')) return false;
  return typeof password === 'string' && password.length >= SHORTEST_PASSWORD;
}

function isOrigins(value: unknown): boolean {
  return Array.isArray(value) && value.every((one) => typeof one === 'string' && isOrigin(one));
}

function isOrigin(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) && new URL(text).origin === text;
}

function isTraceUrl(value: unknown): boolean {
  if (typeof value !== 'string' || !/^https?:\/\//.test(value)) return false;
  return value.includes('{traceId}') && URL.canParse(value.replaceAll('{traceId}', '0'));
}

function isPublicUrl(value: unknown): boolean {
  if (typeof value !== 'string' || !URL.canParse(value)) return false;
  const { protocol, search, hash, username, password } = new URL(value);
  return /^https?:$/.test(protocol) && search + hash + username + password === '';
}

function isHttpsOrLocal({ protocol, hostname }: URL): boolean {
  return protocol === 'https:' || ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
}

const isFunction = (value: unknown): boolean => typeof value === 'function';
const isFlag = (value: unknown): boolean => typeof value === 'boolean';
const isText = (value: unknown): boolean => typeof value === 'string' && value !== '';
const isAccess = (value: unknown): boolean => value === 'open' || typeof value === 'function';

function isSessions(value: unknown): boolean {
  if (value === 'memory' || value === 'ledger') return true;
  const { get, set, delete: remove } = (value ?? {}) as Record<string, unknown>;
  return [get, set, remove].every(isFunction);
}
