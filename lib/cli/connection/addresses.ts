import type { KyuModuleOptions } from '../../kyu.options.js';
import { DEFAULT_DSN, DEFAULT_REDIS } from '../../core/option-defaults.js';
import { describeConnectionString } from '../../core/redact.js';

/** Where the ledger is, for people: host, port, database and user, and never a password. */
export function postgresAddress({ dsn, dataSource }: KyuModuleOptions): string {
  if (dsn === undefined && dataSource !== undefined) {
    const { url, host = 'localhost', port = 5432, database } = dataSource.options as PostgresOptions;
    if (url !== undefined) return addressOf(url, '5432');
    return `${host}:${port}${database === undefined ? '' : ` (database ${database})`}`;
  }
  return addressOf(dsn ?? DEFAULT_DSN, '5432');
}

/** Where the dispatcher is, for people. */
export function redisAddress({ redis = DEFAULT_REDIS }: KyuModuleOptions): string {
  if (typeof redis === 'string') return addressOf(redis, '6379');
  return 'the address in the options';
}

interface PostgresOptions {
  readonly url?: string;
  readonly host?: string;
  readonly port?: number;
  readonly database?: string;
}

function addressOf(url: string, defaultPort: string): string {
  if (!URL.canParse(url)) return describeConnectionString(url);
  const { hostname, port, pathname, username, searchParams } = new URL(url);
  const place = `${hostname === '' ? (searchParams.get('host') ?? 'localhost') : hostname}:${port === '' ? defaultPort : port}`;
  const details = [
    pathname.length > 1 ? `database ${decodeURIComponent(pathname.slice(1))}` : '',
    username === '' ? '' : `user ${decodeURIComponent(username)}`,
  ].filter(Boolean);
  return details.length === 0 ? place : `${place} (${details.join(', ')})`;
}
