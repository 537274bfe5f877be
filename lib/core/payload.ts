import { KyuPayloadError } from './errors.js';

/** Nested deeper than this, a value is a mistake, and recursion over it a danger. */
const DEEPEST = 200;

/** JSON.stringify writes NUL and lone surrogates as escapes; PostgreSQL's jsonb accepts neither. */
const UNSTORABLE_ESCAPE = /\\u0000|\\ud[89a-f]/i;

/**
 * The payload as JSON text, or a typed refusal that names the path. What JSON would drop or change in silence
 * (functions, symbols, NaN, Map, Set) is refused; `undefined` properties are left out and dates become ISO text,
 * as JSON does and people expect.
 * @throws KyuPayloadError
 */
export function encodePayload(payload: unknown, limitBytes: number): string {
  if (payload === undefined) return 'null';
  refuseUnstorable(payload, 'payload', []);
  const text = stringify(payload);
  if (UNSTORABLE_ESCAPE.test(text)) refuseUnstorableText(payload);
  refuseTooLarge(text, limitBytes);
  return text;
}

/**
 * A handler's result as JSON text. A result that cannot be stored must not fail a run that succeeded:
 * it is replaced by a note that says why.
 */
export function encodeResult(result: unknown, limitBytes: number): string | null {
  if (result === undefined || result === null) return null;
  try {
    return encodePayload(result, limitBytes);
  } catch (error) {
    const reason = error instanceof KyuPayloadError ? error.message : 'it cannot be read';
    return JSON.stringify({ kyu: 'the result was not stored', reason: reason.replace('payload', 'result') });
  }
}

function stringify(payload: unknown): string {
  try {
    return JSON.stringify(payload) ?? 'null';
  } catch (error) {
    throw refusal('payload', `cannot be written as JSON (${error instanceof Error ? error.message : 'unknown'})`);
  }
}

function refuseTooLarge(text: string, limitBytes: number): void {
  // A UTF-16 unit is at most three bytes: the exact count is needed only near the limit.
  if (text.length * 3 <= limitBytes) return;
  const bytes = Buffer.byteLength(text);
  if (bytes <= limitBytes) return;
  throw new KyuPayloadError(
    'payload',
    `has ${bytes} bytes and the limit is ${limitBytes}`,
    'Store the data elsewhere and pass a reference, or raise payloadLimitBytes.',
  );
}

function refuseUnstorable(value: unknown, path: string, ancestors: object[]): void {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return;
    case 'number':
      if (Number.isFinite(value)) return;
      throw refusal(path, `is ${value}, which JSON turns into null`);
    case 'object':
      if (value !== null) refuseUnstorableObject(value, path, ancestors);
      return;
    case 'bigint':
      throw refusal(path, 'is a BigInt', 'Pass it as text.');
    default:
      throw refusal(path, `is ${typeof value === 'undefined' ? 'undefined' : `a ${typeof value}`}`);
  }
}

function refuseUnstorableObject(value: object, path: string, ancestors: object[]): void {
  if (ancestors.includes(value)) throw refusal(path, 'contains itself');
  if (ancestors.length >= DEEPEST) throw refusal(path, `is nested deeper than ${DEEPEST} levels`);
  if (hasToJson(value)) return refuseUnstorableReplacement(value, path, ancestors);
  if (value instanceof Map || value instanceof Set || ArrayBuffer.isView(value) || value instanceof ArrayBuffer) {
    throw refusal(path, `is a ${value.constructor.name}, which JSON cannot hold`, 'Pass a plain array or object.');
  }
  ancestors.push(value);
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index += 1) {
      refuseUnstorable(value[index], `${path}[${index}]`, ancestors);
    }
  } else {
    for (const [key, member] of Object.entries(value)) {
      if (member !== undefined) refuseUnstorable(member, `${path}.${key}`, ancestors);
    }
  }
  ancestors.pop();
}

function hasToJson(value: object): value is { toJSON(): unknown } {
  return 'toJSON' in value && typeof value.toJSON === 'function';
}

function refuseUnstorableReplacement(value: { toJSON(): unknown }, path: string, ancestors: object[]): void {
  let replacement: unknown;
  try {
    replacement = value.toJSON();
  } catch (error) {
    throw refusal(path, `has a toJSON that throws (${error instanceof Error ? error.message : 'unknown'})`);
  }
  if (replacement === null && value instanceof Date) throw refusal(path, 'is an invalid date');
  if (replacement === value) return;
  refuseUnstorable(replacement, path, [...ancestors, value]);
}

/** The text holds an unstorable character, as a value or in a key: find where, for the error. */
function refuseUnstorableText(payload: unknown): void {
  const seek = (value: unknown, path: string): void => {
    if (typeof value === 'string') refuseBadText(value, path);
    if (typeof value !== 'object' || value === null) return;
    const plain: unknown = hasToJson(value) ? value.toJSON() : value;
    if (typeof plain === 'string') return refuseBadText(plain, path);
    for (const [key, member] of Object.entries(plain ?? {})) {
      refuseBadText(key, `a key of ${path}`);
      seek(member, Array.isArray(plain) ? `${path}[${key}]` : `${path}.${key}`);
    }
  };
  seek(payload, 'payload');
}

function refuseBadText(text: string, path: string): void {
  if (text.includes('\u0000')) throw refusal(path, 'contains the character NUL', 'Remove it.');
  if (!text.isWellFormed()) throw refusal(path, 'contains half a surrogate pair', 'Repair the text.');
}

function refusal(path: string, reason: string, remedy = 'Pass plain JSON data.'): KyuPayloadError {
  return new KyuPayloadError(path, reason, remedy);
}
