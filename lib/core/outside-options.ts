import type { KyuOptions } from './options.js';
import type { OptionScope } from './option-scope.js';
import type { KyuLogger } from './ports/logger.js';
import { describeConnectionString } from './redact.js';

const DSN_RULE =
  'a URL such as postgres://user@host:5432/database, special characters in the password percent-encoded';

/** Every method that Kyu calls on a logger; the compiler sees to it that none is missing. */
const LOGGER_METHODS: Readonly<Record<keyof KyuLogger, true>> = {
  log: true,
  warn: true,
  error: true,
  debug: true,
};

/** Checks that it can be a connection string at all; whether somebody answers there is found out at the start. */
export function readDsn(scope: OptionScope<KyuOptions>, field: 'dsn' | 'listenDsn'): string | undefined {
  const dsn: unknown = scope.value(field);
  if (dsn === undefined || isPostgresUrl(dsn)) return dsn;
  scope.refuseAs(field, describeConnectionString(dsn), DSN_RULE);
  return undefined;
}

/** Checks that `logger` has every method that is going to be called. */
export function refuseUnusableLogger(scope: OptionScope<KyuOptions>): void {
  const logger = scope.value('logger');
  if (logger === undefined) return;
  const methods = Object.keys(LOGGER_METHODS);
  if (methods.every((method) => hasMethod(logger, method))) return;
  scope.refuse('logger', `an object with the methods ${methods.join(', ')}, such as Nest's Logger`);
}

function isPostgresUrl(value: unknown): value is string {
  if (typeof value !== 'string' || !/^postgres(?:ql)?:\/\//.test(value)) return false;
  // Without a host the URL means a Unix socket, which pg understands and URL does not.
  const text = value.replace('@/', '@localhost/');
  if (!URL.canParse(text)) return false;
  const { username, password, pathname } = new URL(text);
  return [username, password, pathname].every(isDecodable);
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

function hasMethod(value: unknown, name: string): boolean {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false;
  return typeof (value as Record<string, unknown>)[name] === 'function';
}
