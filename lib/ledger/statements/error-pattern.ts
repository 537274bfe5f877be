import { FINGERPRINT_LENGTH, PATTERN_LENGTH, PATTERN_RULES } from '../../core/error-fingerprint.js';

/**
 * The fingerprint of an error message, as `fingerprintOf` works it out.
 * @param message an expression that is no null
 */
export function fingerprintSql(message: string): string {
  const start = `left(split_part(${message}, chr(10), 1), ${PATTERN_LENGTH})`;
  const pattern = PATTERN_RULES.reduce(
    (text, rule) =>
      `regexp_replace(${text}, ${literal(rule.pattern)}, ${literal(rule.becomes.replaceAll('$1', String.raw`\1`))}, 'g')`,
    start,
  );
  return `left(md5(${pattern}), ${FINGERPRINT_LENGTH})`;
}

/** The rules are Kyu's own, so quoting is all that they need. */
function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
