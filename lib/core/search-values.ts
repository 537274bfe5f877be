import { parseDuration } from './duration.js';
import { isTag, TAG_RULE } from './enqueue-option-readers.js';
import { InvalidSearchError } from './errors.js';
import { isJobId } from './job-id.js';
import type { PayloadValue } from './job-selection.js';
import { JOB_STATUSES, isJobStatus, type JobStatus } from './job-status.js';
import { isName, NAME_RULE } from './names.js';
import { nearestName } from './near-miss.js';
import { describeValue } from './redact.js';
import type { SearchValue } from './search-terms.js';
import { isStorable } from './storable-text.js';

/** Readers of one value of a search: each answers it in its final form, or says where and why not. */

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const WHOLE = /^-?\d{1,10}$/;
const INSTANT = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d))?$/;
const LARGEST = 2_147_483_647;

export function readStatus(value: SearchValue): JobStatus {
  if (isJobStatus(value.text)) return value.text;
  const nearest = nearestName(value.text, JOB_STATUSES);
  throw refused(value, 'no status', `one of ${JOB_STATUSES.join(', ')}`, nearest);
}

export function readNameValue(value: SearchValue): string {
  if (isName(value.text)) return value.text;
  throw refused(value, 'no name', NAME_RULE);
}

export function readTagValue(value: SearchValue): string {
  if (isTag(value.text)) return value.text;
  throw refused(value, 'no tag', TAG_RULE);
}

export function readText(value: SearchValue): string {
  if (value.text !== '' && isStorable(value.text)) return value.text;
  throw refused(value, 'not usable', 'at least one character, without NUL');
}

/** An id, or the beginning of one, in small letters. */
export function readIdValue(value: SearchValue): string {
  const text = value.text.toLowerCase();
  if (isIdPrefix(text)) return text;
  throw refused(value, 'no id', 'a UUID, or its first 4 characters and more');
}

export function readWholeId(value: SearchValue): string {
  if (isJobId(value.text)) return value.text.toLowerCase();
  throw refused(value, 'no id', 'a whole UUID');
}

export function readWhole(value: SearchValue): number {
  const number = WHOLE.test(value.text) ? Number(value.text) + 0 : NaN;
  if (Math.abs(number) <= LARGEST) return number;
  throw refused(value, 'no whole number', `a whole number from -${LARGEST} to ${LARGEST}`);
}

/** A span in ms, or an instant. */
export function readTime(value: SearchValue): number | Date {
  const milliseconds = /[a-z]$/.test(value.text) ? parseDuration(value.text) : undefined;
  if (milliseconds !== undefined) return milliseconds;
  const instant = INSTANT.test(value.text) ? new Date(value.text) : undefined;
  if (instant !== undefined && !Number.isNaN(instant.getTime()) && instant.getUTCFullYear() >= 1) {
    return instant;
  }
  throw refused(
    value,
    'neither',
    'a span such as 90s, 1h30m or 2d, or an instant such as 2027-01-31 or 2027-01-31T08:00:00Z',
  );
}

export function readSpan(value: SearchValue): number {
  const time = readTime(value);
  if (typeof time === 'number') return time;
  throw refused(
    value,
    'an instant',
    'a span such as 90s, 1h30m or 2d; instants go with created and finished',
  );
}

/** As JSON has it: what stands in quotes is text, and so is what is no number, true, false or null. */
export function readPayloadValue(value: SearchValue): PayloadValue {
  const { text, isQuoted } = value;
  if (isQuoted) {
    if (isStorable(text)) return text;
    throw refused(value, 'not usable', 'text without NUL');
  }
  if (text === 'null') return null;
  if (text === 'true' || text === 'false') return text === 'true';
  if (!NUMBER.test(text)) return readText(value);
  const number = Number(text) + 0;
  if (
    Number.isFinite(number) &&
    (!Number.isInteger(number) || Number.isSafeInteger(number) || /[eE]/.test(text))
  )
    return number;
  throw refused(
    value,
    'a number that JavaScript cannot hold exactly',
    'a smaller number, or quotes for text',
  );
}

export function readYesOrNo(value: SearchValue): boolean {
  if (value.text === 'yes' || value.text === 'true') return true;
  if (value.text === 'no' || value.text === 'false') return false;
  throw refused(value, 'neither', 'yes or no');
}

const ID_PATTERN = 'xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx';
const SHORTEST_PREFIX = 4;

/** Whether a text in small letters is an id, or the first characters of one. */
export function isIdPrefix(text: string): boolean {
  if (text.length < SHORTEST_PREFIX || text.length > ID_PATTERN.length) return false;
  return Array.from(text).every((sign, index) =>
    ID_PATTERN[index] === '-' ? sign === '-' : /[0-9a-f]/.test(sign),
  );
}

/** The first and the last id that begin so. */
export function idRangeOf(prefix: string): { readonly from: string; readonly to: string } {
  const rest = ID_PATTERN.slice(prefix.length);
  return { from: prefix + rest.replaceAll('x', '0'), to: prefix + rest.replaceAll('x', 'f') };
}

function refused(value: SearchValue, what: string, allowed: string, nearest?: string): InvalidSearchError {
  const hint = nearest === undefined ? '' : ` (did you mean "${nearest}"?)`;
  return new InvalidSearchError(value.at, `${describeValue(value.text)} is ${what}${hint}`, allowed);
}
