import { recordError } from './error-record.js';
import { KyuPayloadError } from './errors.js';
import { escapeInvisible } from './redact.js';

/** Nested deeper than this, a value is a mistake, and recursion over it a danger. */
const DEEPEST = 200;
const LONGEST_PATH = 200;

/** What JSON turns into `{}` or `null` without a word; by the name in `Object.prototype.toString`. */
const LOSSY_KINDS: ReadonlySet<string> = new Set([
  'Map',
  'Set',
  'WeakMap',
  'WeakSet',
  'WeakRef',
  'Map Iterator',
  'Set Iterator',
  'Array Iterator',
  'Promise',
  'Generator',
  'AsyncGenerator',
  'RegExp',
  'Error',
  'Date',
  'Number',
  'BigInt',
  'Symbol',
  'ArrayBuffer',
  'SharedArrayBuffer',
  'Blob',
  'File',
  'FormData',
  'Headers',
  'URLSearchParams',
]);

/**
 * Refuses what JSON cannot hold, at any depth. It may throw anything else as well, because a getter may.
 * @throws KyuPayloadError
 */
export function refuseUnstorable(value: unknown, path: string, ancestors: object[] = []): void {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return;
    case 'number':
      if (Number.isFinite(value)) return;
      throw payloadRefusal(path, `is ${value}, which JSON turns into null`);
    case 'object':
      if (value !== null) refuseUnstorableObject(value, path, ancestors);
      return;
    case 'bigint':
      throw payloadRefusal(path, 'is a BigInt', 'Pass it as text.');
    default:
      throw payloadRefusal(path, `is ${typeof value === 'undefined' ? 'undefined' : `a ${typeof value}`}`);
  }
}

/**
 * Refuses NUL and lone surrogates in what was read back from JSON text, as a value or as a key.
 * @throws KyuPayloadError
 */
export function refuseUnstorableText(parsed: unknown, path: string): void {
  if (typeof parsed === 'string') return refuseBadText(parsed, path);
  if (typeof parsed !== 'object' || parsed === null) return;
  for (const [key, member] of Object.entries(parsed)) {
    refuseBadText(key, `a key of ${path}`);
    refuseUnstorableText(member, Array.isArray(parsed) ? `${path}[${key}]` : `${path}.${key}`);
  }
}

/** The path may hold keys of any content and length; the error holds them bounded and readable. */
export function payloadRefusal(
  path: string,
  reason: string,
  remedy = 'Pass plain JSON data.',
): KyuPayloadError {
  const short = path.length > LONGEST_PATH ? `${path.slice(0, LONGEST_PATH)}…` : path;
  return new KyuPayloadError(escapeInvisible(short), escapeInvisible(reason), remedy);
}

function refuseUnstorableObject(value: object, path: string, ancestors: object[]): void {
  if (ancestors.includes(value)) throw payloadRefusal(path, 'contains itself');
  if (ancestors.length >= DEEPEST) throw payloadRefusal(path, `is nested deeper than ${DEEPEST} levels`);
  // Before toJSON: a Buffer has one, and it makes four bytes of each.
  if (ArrayBuffer.isView(value))
    throw payloadRefusal(path, 'is a piece of binary data', 'Pass it as base64 text.');
  ancestors.push(value);
  refuseUnstorableMembers(hasToJson(value) ? replacementOf(value, path) : value, path, ancestors);
  ancestors.pop();
}

/** The value is what JSON is going to write: its own toJSON, if it has one, was called already or is not called. */
function refuseUnstorableMembers(value: unknown, path: string, ancestors: object[]): void {
  if (typeof value !== 'object' || value === null) return refuseUnstorable(value, path, ancestors);
  if (Array.isArray(value)) return refuseUnstorableItems(value, path, ancestors);
  if (!isPlain(value)) refuseLossyKind(value, path);
  for (const [key, member] of entriesOf(value, path)) {
    if (member !== undefined) refuseUnstorable(member, `${path}.${key}`, ancestors);
  }
}

function refuseUnstorableItems(items: readonly unknown[], path: string, ancestors: object[]): void {
  for (let index = 0; index < items.length; index += 1) {
    refuseUnstorable(items[index], `${path}[${index}]`, ancestors);
  }
}

function refuseLossyKind(value: object, path: string): void {
  const kind = Object.prototype.toString.call(value).slice('[object '.length, -1);
  if (!LOSSY_KINDS.has(kind) && !ArrayBuffer.isView(value)) return;
  const remedy = kind === 'Promise' ? 'Await it first.' : 'Pass a plain array or object.';
  throw payloadRefusal(path, `is of the kind ${kind}, which JSON cannot hold`, remedy);
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function entriesOf(value: object, path: string): [string, unknown][] {
  try {
    return Object.entries(value);
  } catch (error) {
    throw payloadRefusal(path, `has a member that cannot be read (${recordError(error).message})`);
  }
}

function hasToJson(value: object): value is { toJSON(): unknown } {
  return 'toJSON' in value && typeof value.toJSON === 'function';
}

function replacementOf(value: { toJSON(): unknown }, path: string): unknown {
  let replacement: unknown;
  try {
    replacement = value.toJSON();
  } catch (error) {
    throw payloadRefusal(path, `has a toJSON that throws (${recordError(error).message})`);
  }
  if (replacement === null && value instanceof Date) throw payloadRefusal(path, 'is an invalid date');
  return replacement;
}

function refuseBadText(text: string, path: string): void {
  if (text.includes('\u0000')) throw payloadRefusal(path, 'contains the character NUL', 'Remove it.');
  if (!text.isWellFormed()) throw payloadRefusal(path, 'contains half a surrogate pair', 'Repair the text.');
}
