/** What stands where a secret stood. */
const MASK = '***';

const LONGEST_DESCRIPTION = 80;
/** More of a value is never looked at; cut off only after redaction would be too late for a secret at the edge. */
const LONGEST_LOOK = 16_384;
const MOST_MEMBERS = 8;

const WEB_SCHEME = /(?:https?|wss?)$/i;
const USER_AND_COLON = /[^\s:/?#]*:/y;
const PORT = /\d{1,5}(?=$|[/?#\s,;"'`)\]}>])/y;
const QUERY_PASSWORD = /([?&][^=&\s]{0,40}(?:password|passwd|passphrase|pwd)=)[^\s&]+/gi;
const NAMED_PASSWORD =
  /((?:password|passwd|passphrase|pwd)\\?["']?\s{0,3}[:=]\s{0,3})(?!\*\*\*)(?:'(?:[^'\\]|\\.)*'?|"(?:[^"\\]|\\.)*"?|\S+)/gi;
const SECRET_KEY = /^pass$|password|passwd|passphrase|pwd|secret|token|credential|api_?key/i;

/** Control and format characters move a terminal's cursor or turn the reading direction; `Cs` is a lone surrogate. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu;
const SHORT_ESCAPES: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/**
 * The text with every password in it masked: in connection URLs (`redis://:secret@host`), in key=value connection
 * strings (`password=secret`) and in query strings. When it is unclear where a password ends, too much is masked
 * rather than too little; only a blank after an `@` always ends it.
 */
export function redactUrl(text: string): string {
  const withoutUrlPasswords = text.includes('://') ? text.split('\n').map(maskUrls).join('\n') : text;
  return withoutUrlPasswords.replace(QUERY_PASSWORD, `$1${MASK}`).replace(NAMED_PASSWORD, `$1${MASK}`);
}

const NAMED_SECRET =
  /((?:token|secret|api[_-]?key|credential|authorization)s?\\?["']?\s{0,3}[:=]\s{0,3})(?!\*\*\*)(?:(?:bearer|basic)\s{1,3})?(?:'(?:[^'\\]|\\.)*'?|"(?:[^"\\]|\\.)*"?|[^\s&]+)/gi;
const BEARER = /\b(bearer\s{1,3})[\w.~+/=-]{8,}/gi;

/** The same, and named secrets of other kinds: for text that leaves the house. */
export function redactSecrets(text: string): string {
  return redactUrl(text).replace(NAMED_SECRET, `$1${MASK}`).replace(BEARER, `$1${MASK}`);
}

/**
 * A value meant as a connection string, as a person may read it. It may be malformed in any way, so nothing before
 * the last `@` is shown but the scheme.
 */
export function describeConnectionString(value: unknown): string {
  if (typeof value !== 'string' || !value.includes('@')) return describeValue(value);
  const scheme = /^[a-z][a-z0-9+.-]{0,30}:\/\//i.exec(value)?.[0] ?? '';
  return describeValue(`${scheme}${MASK}${value.slice(value.lastIndexOf('@'))}`);
}

/** A short form of any value for messages: at most 80 characters, secrets masked, on one line. Never throws. */
export function describeValue(value: unknown): string {
  try {
    return shorten(describe(value, 0));
  } catch {
    return 'a value that cannot be read';
  }
}

/** Text as a person may read it on one line: control characters, lone surrogates and the like become escapes. */
export function escapeInvisible(text: string): string {
  return text.replace(INVISIBLE, (character) => SHORT_ESCAPES[character] ?? escapeOf(character));
}

function maskUrls(line: string): string {
  let masked = '';
  let from = 0;
  for (;;) {
    const separator = line.indexOf('://', from);
    if (separator < 0) return masked + line.slice(from);
    const begin = separator + 3;
    const password = findPassword(line, begin, WEB_SCHEME.test(line.slice(from, separator)));
    masked += line.slice(from, password?.from ?? begin);
    if (password !== undefined) masked += MASK;
    from = password?.to ?? begin;
  }
}

/** Where the password of the URL stands whose authority begins at `begin`. */
function findPassword(line: string, begin: number, web: boolean): { from: number; to: number } | undefined {
  if (line[begin] === '[') return undefined; // an IPv6 address, so there is no user
  USER_AND_COLON.lastIndex = begin;
  if (!USER_AND_COLON.test(line)) return undefined;
  const from = USER_AND_COLON.lastIndex;
  const end = endOf(line, from, web ? /[\s/?#]/g : /\s/g);
  const atSign = line.lastIndexOf('@', end - 1);
  if (atSign >= from) return { from, to: atSign };
  if (web || startsWithPort(line, from)) return undefined;
  // No port, so it is a password: one with a blank in it, or one whose host is missing.
  return { from, to: Math.max(end, line.lastIndexOf('@')) };
}

function startsWithPort(line: string, at: number): boolean {
  PORT.lastIndex = at;
  return PORT.test(line);
}

function endOf(line: string, from: number, stop: RegExp): number {
  stop.lastIndex = from;
  return stop.exec(line)?.index ?? line.length;
}

function describe(value: unknown, depth: number): string {
  switch (typeof value) {
    case 'string':
      return quote(value);
    case 'bigint':
      return `${value}n`;
    case 'function':
      return value.name === '' ? 'a function' : `function ${plainText(value.name)}`;
    case 'symbol':
      return plainText(String(value));
    case 'object':
      return value === null ? 'null' : describeObject(value, depth);
    default:
      return Object.is(value, -0) ? '0' : String(value);
  }
}

function describeObject(value: object, depth: number): string {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'an invalid date' : value.toISOString();
  if (value instanceof Error) return plainText(`${value.name}: ${value.message}`);
  if (Array.isArray(value)) return describeList(value, depth);
  const kind: unknown = value.constructor?.name;
  const name = typeof kind === 'string' && kind !== 'Object' ? `${plainText(kind)} ` : '';
  return name + describeMembers(value, depth);
}

function describeList(list: readonly unknown[], depth: number): string {
  if (list.length === 0) return '[]';
  if (depth > 0) return '[…]';
  const members = list.slice(0, MOST_MEMBERS).map((member) => describe(member, depth + 1));
  return `[${members.join(', ')}${list.length > MOST_MEMBERS ? ', …' : ''}]`;
}

function describeMembers(value: object, depth: number): string {
  const keys = Object.keys(value);
  if (keys.length === 0) return '{}';
  if (depth > 0) return '{…}';
  const members = keys.slice(0, MOST_MEMBERS).map((key) => {
    const member: unknown = (value as Record<string, unknown>)[key];
    return `${plainText(key)}: ${SECRET_KEY.test(key) ? MASK : describe(member, depth + 1)}`;
  });
  return `{${members.join(', ')}${keys.length > MOST_MEMBERS ? ', …' : ''}}`;
}

function quote(text: string): string {
  return `"${shorten(plainText(text).replaceAll('"', '\\"'), LONGEST_DESCRIPTION - 2)}"`;
}

function plainText(text: string): string {
  return escapeInvisible(redactUrl(text.slice(0, LONGEST_LOOK)).slice(0, LONGEST_DESCRIPTION + 1));
}

function shorten(text: string, limit = LONGEST_DESCRIPTION): string {
  if (text.length <= limit) return text;
  return `${text.slice(0, limit - 1).toWellFormed()}…`;
}

function escapeOf(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, '0')}`;
}
