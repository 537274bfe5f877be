import { KyuContextError } from './errors.js';
import { describeValue } from './redact.js';

/**
 * What travels with a job from the place that enqueued it to its handler: a request id, a tenant, a trace. Flat and
 * small; anything else belongs into the payload.
 */
export type CarriedContext = Readonly<Record<string, string>>;

/** The option `carry`: asked for each job that is enqueued, in the place that enqueues it. */
export type CarryFunction = () => Readonly<Record<string, string | undefined>> | undefined;

/** Of JSON text, without what a tracer adds. Every job that inherits the context stores it once more. */
export const CONTEXT_LIMIT_BYTES = 4_096;

const NOTHING: CarriedContext = Object.freeze({});

/**
 * What a job inherits and what `carry` answered, together.
 * @throws KyuContextError when it is no flat record of texts, or too large
 */
export function mergeCarried(inherited: CarriedContext, answered: unknown): CarriedContext {
  const own = readAnswer(answered);
  const merged = { ...inherited, ...own };
  const bytes = Buffer.byteLength(JSON.stringify(merged));
  if (bytes <= CONTEXT_LIMIT_BYTES) return merged;
  throw new KyuContextError('context', `has ${bytes} bytes, and the limit is ${CONTEXT_LIMIT_BYTES}`);
}

/** The context as the ledger keeps it: JSON text, or nothing. */
export function encodeCarried(context: CarriedContext): string | null {
  for (const _key in context) return JSON.stringify(context);
  return null;
}

/** The context as a handler sees it. Rows from elsewhere may hold anything: what is no text is left out. */
export function decodeCarried(text: string | null): CarriedContext {
  if (text === null) return NOTHING;
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return NOTHING;
  return Object.fromEntries(Object.entries(value).filter(isText));
}

function readAnswer(answered: unknown): CarriedContext {
  if (answered === undefined || answered === null) return NOTHING;
  if (typeof answered !== 'object' || Array.isArray(answered)) {
    throw new KyuContextError('carry()', `answered ${describeValue(answered)}`);
  }
  const own: Record<string, string> = {};
  for (const [key, value] of Object.entries(answered)) {
    if (value === undefined) continue;
    // The value is not shown: it may be a token that somebody carries by mistake.
    if (!isStorable(value)) throw new KyuContextError(`context.${key}`, 'is no text that can be stored');
    if (key === '' || !isStorable(key))
      throw new KyuContextError('context', 'has a key that cannot be stored');
    own[key] = value;
  }
  return own;
}

/** PostgreSQL's jsonb takes neither NUL nor half a surrogate pair. */
function isStorable(value: unknown): value is string {
  return typeof value === 'string' && !value.includes('\u0000') && value.isWellFormed();
}

function isText(entry: [string, unknown]): entry is [string, string] {
  return typeof entry[1] === 'string';
}
