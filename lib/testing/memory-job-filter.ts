import { FINGERPRINT_LENGTH, fingerprintOf } from '../core/error-fingerprint.js';
import type { IdRange, JobConditions, JobFilter, PayloadCondition } from '../core/ports/job-filter.js';
import { idRangeOf, isIdPrefix } from '../core/search-values.js';
import type { JobRow } from './memory-job-row.js';

/** Whether a job is one of those that a filter names, at this instant. */
export function matches(row: JobRow, filter: JobFilter, nowMs: number): boolean {
  const { without } = filter;
  return (
    isWanted(row, filter) &&
    isWithin(row.createdAt, filter.createdFrom, filter.createdBefore) &&
    isWithin(row.completedAt, filter.finishedFrom, filter.finishedBefore) &&
    isAged(row.createdAt, nowMs, filter.olderThanMs, filter.youngerThanMs) &&
    isAged(row.completedAt, nowMs, filter.finishedOverMs, filter.finishedUnderMs) &&
    isBetween(row.priority, filter.priorityFrom, filter.priorityTo) &&
    isBetween(row.retryCount, filter.retriesFrom, filter.retriesTo) &&
    (without === undefined || eachOf(without).every((condition) => !isWanted(row, condition)))
  );
}

/** Each condition by itself. */
function eachOf(conditions: JobConditions): JobConditions[] {
  const { payload = [], words = [], ...others } = conditions;
  return [
    ...Object.entries(others).map(([key, value]) => ({ [key]: value })),
    ...payload.map((one) => ({ payload: [one] })),
    ...words.map((word) => ({ words: [word] })),
  ];
}

function isWanted(row: JobRow, wanted: JobConditions): boolean {
  const { statuses, types, queues, ids, tags, anyTags, payload, errors, fingerprints } = wanted;
  const { words, priorities, retryCounts, workers, uniqueKeys, parentId } = wanted;
  return (
    (statuses === undefined || statuses.includes(row.status)) &&
    (types === undefined || types.includes(row.type)) &&
    (queues === undefined || queues.includes(row.queue)) &&
    (ids === undefined || isAmong(row.id, ids)) &&
    (tags === undefined || tags.every((tag) => row.tags.includes(tag))) &&
    (anyTags === undefined || anyTags.some((tag) => row.tags.includes(tag))) &&
    (errors === undefined || errors.some((text) => contains(row.errorMessage, text))) &&
    (fingerprints === undefined || hasFingerprint(row, fingerprints)) &&
    (words === undefined || words.every((word) => hasWord(row, word))) &&
    (priorities === undefined || priorities.includes(row.priority)) &&
    (retryCounts === undefined || retryCounts.includes(row.retryCount)) &&
    (workers === undefined || (row.status === 'running' && isAmong(row.lockedBy, workers))) &&
    (uniqueKeys === undefined || uniqueKeys.some((key) => hasKey(row.uniqueKey, key))) &&
    (parentId === undefined || row.parentId === parentId.toLowerCase()) &&
    (payload === undefined || payload.every((condition) => isMet(condition, row.payload)))
  );
}

function isAmong(id: string | null, ranges: readonly IdRange[]): boolean {
  return id !== null && ranges.some(({ from, to }) => id >= from && id <= to);
}

function contains(text: string | null, part: string): boolean {
  return text?.toLowerCase().includes(part.toLowerCase()) ?? false;
}

/** A longer hash counts by its beginning. */
function hasFingerprint({ errorMessage }: JobRow, fingerprints: readonly string[]): boolean {
  if (errorMessage === null) return false;
  const own = fingerprintOf(errorMessage);
  return fingerprints.some((one) => one.toLowerCase().slice(0, FINGERPRINT_LENGTH) === own);
}

function hasWord(row: JobRow, word: string): boolean {
  const prefix = word.toLowerCase();
  const isId = isIdPrefix(prefix) && isAmong(row.id, [idRangeOf(prefix)]);
  return isId || contains(row.type, word) || contains(row.errorMessage, word);
}

function hasKey(held: string | null, key: string): boolean {
  return held !== null && (held === key || held.endsWith(`/=${key}`));
}

/** What has not happened lies in no span, unless nobody asks. */
function isWithin(instant: number | null, from: string | undefined, before: string | undefined): boolean {
  if (from === undefined && before === undefined) return true;
  if (instant === null) return false;
  return (
    (from === undefined || instant >= Date.parse(from)) &&
    (before === undefined || instant < Date.parse(before))
  );
}

function isAged(
  instant: number | null,
  nowMs: number,
  over: number | undefined,
  under: number | undefined,
): boolean {
  if (over === undefined && under === undefined) return true;
  if (instant === null) return false;
  return (over === undefined || instant < nowMs - over) && (under === undefined || instant > nowMs - under);
}

function isBetween(number: number, from: number | undefined, to: number | undefined): boolean {
  return (from === undefined || number >= from) && (to === undefined || number <= to);
}

function isMet({ path, values }: PayloadCondition, payload: string): boolean {
  const found = path.reduce<unknown>(memberOf, JSON.parse(payload));
  return values.some((value) => value === found);
}

/** How C reads a whole number: blanks may stand before it, and either sign. */
const INDEX = /^[ \t\n\v\f\r]*[+-]?\d+$/;

/** The member that PostgreSQL's `#>` finds: an index below zero counts from the end. */
function memberOf(value: unknown, key: string): unknown {
  if (Array.isArray(value)) return INDEX.test(key) ? (value as unknown[]).at(Number(key)) : undefined;
  const isObject = typeof value === 'object' && value !== null;
  return isObject && Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined;
}
