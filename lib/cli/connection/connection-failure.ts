import { LedgerUnavailableError } from '../../core/errors.js';
import { redactUrl } from '../../core/redact.js';
import type { KyuModuleOptions } from '../../kyu.options.js';
import { ConnectionFailure } from '../command-errors.js';
import { postgresAddress, redisAddress } from './addresses.js';

const WHERE_TO_SAY =
  '--postgres postgres://user:password@host:5432/database, the variable DATABASE_URL, or dsn in kyu.config.js';

/** What to do about it, by the code of PostgreSQL or of the operating system. */
const REMEDIES: Readonly<Record<string, string>> = {
  ECONNREFUSED: `Nothing listens there: start PostgreSQL, or say where it is with ${WHERE_TO_SAY}.`,
  ENOTFOUND: `There is no host of this name: say where PostgreSQL is with ${WHERE_TO_SAY}.`,
  EAI_AGAIN: `The name of the host cannot be looked up now: check the network, or use another name.`,
  ETIMEDOUT:
    'Nobody answered in time: check the address, the firewall and the network between here and there.',
  '28P01': 'PostgreSQL is there and refuses the password: check user and password.',
  '28000': 'PostgreSQL is there and lets this user in from nowhere: check the user and pg_hba.conf.',
  '3D000': 'PostgreSQL is there, the database is not: create it (createdb), or name another one.',
  '53300': 'PostgreSQL is there and has no connection left: raise max_connections, or close some.',
};

/** The failure of a connection in words: which address, why, and what to do. Anything else stays what it is. */
export function explainConnection(error: unknown, options: KyuModuleOptions): unknown {
  if (!(error instanceof LedgerUnavailableError)) return error;
  const cause = deepestOf(error);
  const code = codeOf(cause);
  const remedy = REMEDIES[code] ?? `Check that it runs, and the address: ${WHERE_TO_SAY}.`;
  const why = redactUrl(reasonOf(cause));
  return new ConnectionFailure(
    `PostgreSQL at ${postgresAddress(options)} cannot be reached: ${why}.\n${remedy}`,
    {
      cause: error,
    },
  );
}

/** Redis is asked for and does not answer, in words. */
export function redisIsAway(options: KyuModuleOptions): string {
  return `Redis at ${redisAddress(options)} cannot be reached`;
}

function deepestOf(error: Error): Error {
  return error.cause instanceof Error ? deepestOf(error.cause) : error;
}

/** A host of several addresses fails with an error of errors that says nothing itself. */
function reasonOf(error: Error): string {
  const first: unknown = error instanceof AggregateError ? error.errors[0] : undefined;
  const text = first instanceof Error ? first.message : error.message;
  return text === '' ? codeOf(error) : text.replace(/\.$/, '');
}

function codeOf(error: Error): string {
  const own = (error as NodeJS.ErrnoException).code;
  if (own !== undefined) return own;
  const first: unknown = error instanceof AggregateError ? error.errors[0] : undefined;
  if (first instanceof Error) return codeOf(first);
  return /timeout/i.test(error.message) ? 'ETIMEDOUT' : '';
}
