import { recordError } from './error-record.js';
import { KyuPayloadError } from './errors.js';
import { payloadRefusal, refuseUnstorable, refuseUnstorableText } from './payload-refusals.js';
import { isPlainData } from './plain-data.js';
import { toStorableText } from './storable-text.js';

/** JSON.stringify writes NUL and lone surrogates as escapes; PostgreSQL's jsonb accepts neither. */
const UNSTORABLE_ESCAPE = /\\u0000|\\ud[89a-f]/i;

const LONGEST_NOTE = 500;

/**
 * The payload as JSON text, or a typed refusal that names the path. What JSON would drop or change in silence
 * (functions, symbols, NaN, Map, Set, promises, bytes) is refused; `undefined` properties are left out and dates
 * become ISO text, as JSON does and people expect.
 * @throws KyuPayloadError
 */
export function encodePayload(payload: unknown, limitBytes: number): string {
  return encode(payload, 'payload', limitBytes);
}

/**
 * A handler's result as JSON text. A result that cannot be stored must not fail a run that succeeded:
 * it is replaced by a note that says why.
 */
export function encodeResult(result: unknown, limitBytes: number): string | null {
  if (result === undefined || result === null) return null;
  try {
    return encode(result, 'result', limitBytes);
  } catch (error) {
    const reason = recordError(error).message.replace('KyuPayloadError: The payload', 'The result');
    return JSON.stringify({ kyu: 'the result was not stored', reason: toStorableText(reason, LONGEST_NOTE) });
  }
}

function encode(value: unknown, name: string, limitBytes: number): string {
  if (value === undefined) return 'null';
  const text = stringify(value, name);
  // What the text says counts, not the value: a getter or a toJSON may answer differently each time.
  if (UNSTORABLE_ESCAPE.test(text)) refuseUnstorableText(JSON.parse(text), name);
  refuseTooLarge(text, name, limitBytes);
  return text;
}

/** The value may be anything, so looking at it may throw anything. */
function stringify(value: unknown, name: string): string {
  try {
    if (!isPlainData(value)) refuseUnstorable(value, name);
    return JSON.stringify(value) ?? 'null';
  } catch (error) {
    if (error instanceof KyuPayloadError) throw error;
    throw payloadRefusal(name, `cannot be written as JSON (${recordError(error).message})`);
  }
}

function refuseTooLarge(text: string, name: string, limitBytes: number): void {
  // A UTF-16 unit is at most three bytes: the exact count is needed only near the limit.
  if (text.length * 3 <= limitBytes) return;
  const bytes = Buffer.byteLength(text);
  if (bytes <= limitBytes) return;
  throw payloadRefusal(
    name,
    `has ${bytes} bytes and the limit is ${limitBytes}`,
    'Store the data elsewhere and pass a reference, or raise payloadLimitBytes.',
  );
}
