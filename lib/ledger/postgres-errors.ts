/** Errors of the way to PostgreSQL rather than of a statement: worth another try, and no row's fault. */
const UNREACHABLE_CODES: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  '53300', // too many connections
  '57P01', // admin shutdown
  '57P02', // crash shutdown
  '57P03', // cannot connect now
  '25006', // read-only: a failover is under way
]);

/** Errors that another try of the same statement can get past: two transactions met. */
const TRANSIENT_CODES: ReadonlySet<string> = new Set([
  '40001', // serialization failure
  '40P01', // deadlock
  '55P03', // lock not available
  '57014', // statement timeout
]);

/** node-postgres reports a lost connection as a text without a code. */
const UNREACHABLE_TEXT =
  /connection terminated|connection timeout|timeout exceeded when trying to connect|query read timeout|client has encountered a connection error|the connection is closed|cannot use a pool after/i;

/** Whether PostgreSQL could not be reached, or went away in the middle. */
export function isUnreachable(error: unknown): boolean {
  const code = codeOf(error);
  if (code !== undefined && (UNREACHABLE_CODES.has(code) || code.startsWith('08'))) return true;
  return error instanceof Error && UNREACHABLE_TEXT.test(error.message);
}

/** Whether a server may answer soon: it was silent, or says that it starts. Nobody was refused. */
export function isNotReadyYet(error: unknown): boolean {
  const code = codeOf(error);
  if (code !== undefined) return code === '57P03' || code === 'ETIMEDOUT';
  return error instanceof Error && /connection timeout|connection terminated/i.test(error.message);
}

/** Whether the same statement may well succeed when it is tried again. */
export function isTransient(error: unknown): boolean {
  const code = codeOf(error);
  return code !== undefined && TRANSIENT_CODES.has(code);
}

/** Whether a row is there already under the same key. */
export function isUniqueViolation(error: unknown): boolean {
  return codeOf(error) === '23505';
}

/** The SQLSTATE or system code of an error, also where a library has wrapped it. */
export function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  if ('code' in error && typeof error.code === 'string' && !error.code.startsWith('KYU')) return error.code;
  if ('driverError' in error) return codeOf(error.driverError);
  return 'cause' in error ? codeOf(error.cause) : undefined;
}
