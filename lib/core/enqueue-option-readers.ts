import { isDate } from 'node:util/types';
import { parseDuration } from './duration.js';
import { InvalidJobError } from './errors.js';
import { isName, NAME_RULE } from './names.js';
import { nearestName } from './near-miss.js';
import type { DurationRule, NumberRule } from './option-rules.js';
import { describeDurationRule } from './option-scope.js';
import { describeValue } from './redact.js';

/** Readers of one enqueue's options: each answers the value in its final form, or throws for the first mistake. */

export function readQueue(queue: unknown, otherwise: string): string {
  if (queue === undefined) return otherwise;
  if (isName(queue)) return queue;
  throw new InvalidJobError('queue', describeValue(queue), `a queue name of ${NAME_RULE}`);
}

export function readWholeNumber(field: string, value: unknown, rule: NumberRule): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'number' && Number.isInteger(value) && value >= rule.least && value <= rule.most) {
    return value + 0; // −0 becomes 0
  }
  throw new InvalidJobError(field, describeValue(value), `a whole number from ${rule.least} to ${rule.most}`);
}

export function readDurationMs(field: string, value: unknown, rule: DurationRule, otherwise: number): number {
  if (value === undefined) return otherwise;
  const milliseconds = parseDuration(value);
  if (milliseconds !== undefined && milliseconds >= rule.leastMs && milliseconds <= rule.mostMs)
    return milliseconds;
  throw new InvalidJobError(field, describeValue(value), describeDurationRule(rule));
}

export function readInstant(field: string, value: unknown): string | null {
  if (value === undefined || value === null) return null;
  if (!isDate(value)) throw new InvalidJobError(field, describeValue(value), 'a Date');
  const year = value.getUTCFullYear();
  // ISO text has four digits for these years only, and PostgreSQL reads nothing else in the same way.
  if (year >= 1 && year <= 9_999) return value.toISOString();
  throw new InvalidJobError(field, describeValue(value), 'a Date of the years 1 to 9999');
}

export const MOST_TAGS = 20;
const LONGEST_TAG = 128;

/** What tags may look like, in words, for error messages. */
export const TAG_RULE = `at most ${MOST_TAGS} texts of 1 to ${LONGEST_TAG} characters, without control characters`;

/** Each tag once; `null` for none. */
export function readTags(tags: unknown): readonly string[] | null {
  if (tags === undefined || tags === null) return null;
  if (!Array.isArray(tags) || tags.length > MOST_TAGS || !tags.every(isTag)) {
    throw new InvalidJobError('tags', describeValue(tags), TAG_RULE);
  }
  return tags.length === 0 ? null : [...new Set(tags)];
}

/** Whether a value may be a tag. */
export function isTag(value: unknown): value is string {
  return typeof value === 'string' && isStorableText(value, LONGEST_TAG);
}

/** Text that PostgreSQL stores, that fits on one line, and that a person can type. */
export function isStorableText(value: string, longest: number): boolean {
  return value.length > 0 && value.length <= longest && value.isWellFormed() && !/\p{Cc}/u.test(value);
}

/** A number, or one of the names that the instance gives to numbers. */
export function readPriority(
  value: unknown,
  rule: NumberRule,
  names: ReadonlyMap<string, number>,
): number | undefined {
  if (typeof value !== 'string') return readWholeNumber('priority', value, rule);
  const named = names.get(value);
  if (named !== undefined) return named;
  const known = [...names.keys()];
  const nearest = nearestName(value, known);
  const hint = nearest === undefined ? '' : ` (did you mean "${nearest}"?)`;
  const allowed = `a whole number from ${rule.least} to ${rule.most}, or one of ${known.join(', ')}`;
  throw new InvalidJobError('priority', `${describeValue(value)}${hint}`, allowed);
}
