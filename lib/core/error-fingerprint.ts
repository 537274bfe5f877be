import { createHash } from 'node:crypto';

/**
 * Errors that differ only in ids, numbers and what stands in quotes are the same trouble. The pattern of a message is
 * its first line without those; the fingerprint is a short hash of it. PostgreSQL works out the same
 * (lib/ledger/statements/error-pattern.ts), and a test holds the two together: each rule is a regular expression that
 * means the same to both, and they are applied in this order.
 */
export const PATTERN_RULES: readonly { readonly pattern: string; readonly becomes: string }[] = [
  { pattern: '"[^"]*"', becomes: '"…"' },
  { pattern: '`[^`]*`', becomes: '`…`' },
  // An apostrophe in a word is none that opens a quotation.
  { pattern: "(^|[ (=:,])'[^']*'", becomes: "$1'…'" },
  {
    pattern: '[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}',
    becomes: '#',
  },
  { pattern: '0x[0-9a-fA-F]+', becomes: '#' },
  // A hash, or part of one: a word of so many letters a to f has a digit in it.
  { pattern: '[0-9a-fA-F]{12,}', becomes: '#' },
  { pattern: '[0-9]+', becomes: '#' },
];

/** So much of the first line is looked at. */
export const PATTERN_LENGTH = 300;
export const FINGERPRINT_LENGTH = 16;

/** The message without what differs from run to run. */
export function patternOf(message: string): string {
  const [line = ''] = message.split('\n', 1);
  const start = Array.from(line).slice(0, PATTERN_LENGTH).join('');
  return PATTERN_RULES.reduce(
    (text, { pattern, becomes }) => text.replaceAll(new RegExp(pattern, 'g'), becomes),
    start,
  );
}

/** The same for every message of the same pattern: 16 hexadecimal digits. */
export function fingerprintOf(message: string): string {
  return createHash('md5').update(patternOf(message)).digest('hex').slice(0, FINGERPRINT_LENGTH);
}

/** The class of an error, as it stands before the colon: `TypeError: …`; `Error` when there is none. */
export function errorNameOf(message: string): string {
  return /^([A-Za-z_$][\w$.]{0,99}): /.exec(message)?.[1] ?? 'Error';
}
