import { isDate } from 'node:util/types';
import { parseDuration } from '../core/duration.js';
import { isTag, MOST_TAGS, TAG_RULE } from '../core/enqueue-option-readers.js';
import { InvalidQueryError } from '../core/errors.js';
import { isJobId } from '../core/job-id.js';
import type { JobId } from '../core/job.js';
import { isName, NAME_RULE } from '../core/names.js';
import { nearestName } from '../core/near-miss.js';
import type { DurationRule, NumberRule } from '../core/option-rules.js';
import { describeDurationRule } from '../core/option-scope.js';
import { describeValue } from '../core/redact.js';
import { toStorableText } from '../core/storable-text.js';

/** @throws InvalidQueryError when the value cannot be the id of a job */
export function readJobId(id: unknown, field = 'id'): JobId {
  if (isJobId(id)) return id;
  throw new InvalidQueryError(field, describeValue(id), 'the id of a job, which is a UUID');
}

/** @throws InvalidQueryError when an argument is no object, or has a key that nobody reads */
export function refuseUnknownKeys(name: string, given: unknown, known: Readonly<Record<string, true>>): void {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new InvalidQueryError(name, describeValue(given), 'an object, or nothing');
  }
  for (const key of Object.keys(given)) {
    if (Object.hasOwn(known, key)) continue;
    const names = Object.keys(known);
    const field = describeValue(key).slice(1, -1);
    throw new InvalidQueryError(field, `unknown here${nearMiss(key, names)}`, `only ${names.join(', ')}`);
  }
}

/** @throws InvalidQueryError */
export function readNames(field: string, value: unknown): string[] {
  return readList(field, value, `one name or several: ${NAME_RULE}`).map((name) => readName(field, name));
}

/** @throws InvalidQueryError */
export function readName(field: string, name: unknown): string {
  if (isName(name)) return name;
  throw new InvalidQueryError(field, describeValue(name), `names of ${NAME_RULE}`);
}

/** @throws InvalidQueryError when one of the values is none of those that are allowed */
export function readMembers<Member extends string>(
  field: string,
  value: unknown,
  allowed: readonly Member[],
): Member[] {
  const rule = `one or several of ${allowed.join(', ')}`;
  return readList(field, value, rule).map((name) => {
    const member = allowed.find((candidate) => candidate === name);
    if (member !== undefined) return member;
    const hint = typeof name === 'string' ? nearMiss(name, allowed) : '';
    throw new InvalidQueryError(field, `${describeValue(name)}${hint}`, rule);
  });
}

/** @throws InvalidQueryError */
export function readWholeNumber(field: string, value: unknown, { least, most }: NumberRule): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) {
    return value + 0; // −0 becomes 0
  }
  throw new InvalidQueryError(field, describeValue(value), `a whole number from ${least} to ${most}`);
}

/** @throws InvalidQueryError */
export function readDurationMs(field: string, value: unknown, rule: DurationRule): number {
  const milliseconds = parseDuration(value);
  if (milliseconds !== undefined && milliseconds >= rule.leastMs && milliseconds <= rule.mostMs) {
    return milliseconds;
  }
  throw new InvalidQueryError(field, describeValue(value), describeDurationRule(rule));
}

/**
 * An instant as ISO text.
 * @throws InvalidQueryError
 */
export function readInstant(field: string, value: unknown): string {
  if (!isDate(value)) throw new InvalidQueryError(field, describeValue(value), 'a Date');
  const year = value.getUTCFullYear();
  // ISO text has four digits for these years only, and PostgreSQL reads nothing else in the same way.
  if (year >= 1 && year <= 9_999) return value.toISOString();
  throw new InvalidQueryError(field, describeValue(value), 'a Date of the years 1 to 9999');
}

/** @throws InvalidQueryError */
export function readTags(field: string, value: unknown): string[] {
  if (Array.isArray(value) && value.length <= MOST_TAGS && value.every(isTag)) return [...new Set(value)];
  throw new InvalidQueryError(field, describeValue(value), TAG_RULE);
}

/**
 * What somebody wrote, as the ledger can keep it; `null` for nothing.
 * @throws InvalidQueryError when it is no text, or too long
 */
export function readNote(field: string, note: unknown, longest: number): string | null {
  if (note === undefined || note === null) return null;
  if (typeof note === 'string' && note.length <= longest) return toStorableText(note, longest);
  throw new InvalidQueryError(field, describeValue(note), `text of at most ${longest} characters`);
}

/**
 * @throws InvalidQueryError when it is neither true nor false nor left out: what looks like a yes must not be a no
 */
export function readFlag(field: string, flag: unknown): boolean {
  if (flag === undefined) return false;
  if (typeof flag === 'boolean') return flag;
  throw new InvalidQueryError(field, describeValue(flag), 'true, false, or nothing');
}

/** An empty list would match nothing, which nobody asks for on purpose. */
function readList(field: string, value: unknown, rule: string): unknown[] {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  if (list.length > 0) return list;
  throw new InvalidQueryError(field, 'an empty list', rule);
}

function nearMiss(given: string, names: readonly string[]): string {
  const nearest = nearestName(given, names);
  return nearest === undefined ? '' : ` (did you mean "${nearest}"?)`;
}
