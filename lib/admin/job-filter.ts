import { InvalidQueryError } from '../core/errors.js';
import type { AgeRange, JobSelection, JobTraits, NumberRange, PayloadValue } from '../core/job-selection.js';
import { JOB_STATUSES } from '../core/job-status.js';
import { DELAY } from '../core/option-rules.js';
import type { KeysOf } from '../core/option-scope.js';
import type { IdRange, JobConditions, JobFilter, PayloadCondition } from '../core/ports/job-filter.js';
import { describeValue } from '../core/redact.js';
import { idRangeOf, isIdPrefix } from '../core/search-values.js';
import { isStorable } from '../core/storable-text.js';
import {
  readDurationMs,
  readInstant,
  readJobId,
  readMembers,
  readNames,
  readTags,
  readWholeNumber,
  refuseUnknownKeys,
} from './argument-readers.js';

const TRAIT_KEYS: KeysOf<JobTraits> = {
  status: true,
  type: true,
  queue: true,
  id: true,
  tags: true,
  anyTag: true,
  payload: true,
  error: true,
  fingerprint: true,
  words: true,
  priority: true,
  retries: true,
  workerId: true,
  uniqueKey: true,
  parentId: true,
};

/** The keys of a selection. */
export const SELECTION_KEYS: KeysOf<JobSelection> = {
  ...TRAIT_KEYS,
  createdAfter: true,
  createdBefore: true,
  finishedAfter: true,
  finishedBefore: true,
  age: true,
  finishedAge: true,
  without: true,
};

const RANGE_KEYS: KeysOf<NumberRange> = { from: true, to: true };
const AGE_KEYS: KeysOf<AgeRange> = { over: true, under: true };
const WHOLE = { least: -2_147_483_648, most: 2_147_483_647 };
const MOST_CONDITIONS = 20;
const MOST_MEMBERS = 1_000;
const LONGEST_PATH = 512;
const LONGEST_TEXT = 4_096;

/** @throws InvalidQueryError */
export function readFilter(selection: JobSelection): JobFilter {
  const { createdAfter, createdBefore, finishedAfter, finishedBefore, age, finishedAge, without } = selection;
  const wanted = readConditions(selection);
  const unwanted = without === undefined ? undefined : readUnwanted(without);
  return {
    ...wanted,
    ...readBounds('priority', selection.priority),
    ...readBounds('retries', selection.retries),
    ...(createdAfter === undefined ? {} : { createdFrom: readInstant('createdAfter', createdAfter) }),
    ...(createdBefore === undefined ? {} : { createdBefore: readInstant('createdBefore', createdBefore) }),
    ...(finishedAfter === undefined ? {} : { finishedFrom: readInstant('finishedAfter', finishedAfter) }),
    ...(finishedBefore === undefined
      ? {}
      : { finishedBefore: readInstant('finishedBefore', finishedBefore) }),
    ...readAge('age', age, 'olderThanMs', 'youngerThanMs'),
    ...readAge('finishedAge', finishedAge, 'finishedOverMs', 'finishedUnderMs'),
    ...statusesLeft(wanted.statuses, unwanted?.statuses),
    ...(unwanted === undefined ? {} : { without: withoutStatuses(unwanted) }),
  };
}

function readConditions(traits: JobTraits): JobConditions {
  const { status, type, queue, id, tags, anyTag, payload, error, fingerprint } = traits;
  const { words, priority, retries, workerId, uniqueKey, parentId } = traits;
  return {
    ...(status === undefined ? {} : { statuses: readMembers('status', status, JOB_STATUSES) }),
    ...(type === undefined ? {} : { types: readNames('type', type) }),
    ...(queue === undefined ? {} : { queues: readNames('queue', queue) }),
    ...(id === undefined ? {} : { ids: readIds('id', id) }),
    ...(tags === undefined ? {} : { tags: readWantedTags('tags', tags) }),
    ...(anyTag === undefined ? {} : { anyTags: readWantedTags('anyTag', anyTag) }),
    ...(payload === undefined ? {} : { payload: readPayload(payload) }),
    ...(error === undefined ? {} : { errors: readTexts('error', error) }),
    ...(fingerprint === undefined ? {} : { fingerprints: readTexts('fingerprint', fingerprint) }),
    ...(words === undefined ? {} : { words: readTexts('words', words) }),
    ...readNumbers('priority', priority, 'priorities'),
    ...readNumbers('retries', retries, 'retryCounts'),
    ...(workerId === undefined ? {} : { workers: readIds('workerId', workerId) }),
    ...(uniqueKey === undefined ? {} : { uniqueKeys: readTexts('uniqueKey', uniqueKey) }),
    ...(parentId === undefined ? {} : { parentId: readJobId(parentId, 'parentId') }),
  };
}

/** A job that has any of its tags is left out, as by `anyTag`. */
function readUnwanted(without: JobTraits): JobConditions {
  refuseUnknownKeys('without', without, TRAIT_KEYS);
  for (const key of ['priority', 'retries'] as const) {
    if (!isRange(without[key])) continue;
    throw new InvalidQueryError(
      `without.${key}`,
      'a range',
      'one number or several; turn a range round instead',
    );
  }
  const { tags, ...conditions } = readConditions(without);
  if (tags === undefined) return conditions;
  return { ...conditions, anyTags: [...new Set([...tags, ...(conditions.anyTags ?? [])])] };
}

/** What is left of seven statuses is a list of statuses again, which an index may know. */
function statusesLeft(
  wanted: JobFilter['statuses'],
  unwanted: JobFilter['statuses'],
): Pick<JobFilter, 'statuses'> {
  if (unwanted === undefined) return {};
  return { statuses: (wanted ?? JOB_STATUSES).filter((status) => !unwanted.includes(status)) };
}

function withoutStatuses(conditions: JobConditions): JobConditions {
  const { statuses: _, ...others } = conditions;
  return others;
}

function readIds(field: string, value: string | readonly string[]): IdRange[] {
  return readList(field, value).map((given) => {
    const text = typeof given === 'string' ? given.toLowerCase() : undefined;
    if (text !== undefined && isIdPrefix(text)) return idRangeOf(text);
    throw new InvalidQueryError(field, describeValue(given), 'a UUID, or its first 4 characters and more');
  });
}

function readTexts(field: string, value: string | readonly string[]): string[] {
  return readList(field, value).map((text) => {
    if (typeof text === 'string' && text !== '' && text.length <= LONGEST_TEXT && isStorable(text))
      return text;
    throw new InvalidQueryError(field, describeValue(text), `text of 1 to ${LONGEST_TEXT} characters`);
  });
}

function readNumbers(
  field: string,
  value: JobTraits['priority'],
  key: 'priorities' | 'retryCounts',
): Partial<JobConditions> {
  if (value === undefined || isRange(value)) return {};
  return { [key]: readList(field, value).map((number) => readWholeNumber(field, number, WHOLE)) };
}

function readBounds(field: 'priority' | 'retries', value: JobTraits['priority']): Partial<JobFilter> {
  if (!isRange(value)) return {};
  refuseUnknownKeys(field, value, RANGE_KEYS);
  const { from, to } = value;
  return {
    ...(from === undefined ? {} : { [`${field}From`]: readWholeNumber(`${field}.from`, from, WHOLE) }),
    ...(to === undefined ? {} : { [`${field}To`]: readWholeNumber(`${field}.to`, to, WHOLE) }),
  };
}

function isRange(value: JobTraits['priority']): value is NumberRange {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function readAge(
  field: string,
  age: AgeRange | undefined,
  overKey: 'olderThanMs' | 'finishedOverMs',
  underKey: 'youngerThanMs' | 'finishedUnderMs',
): Partial<JobFilter> {
  if (age === undefined) return {};
  refuseUnknownKeys(field, age, AGE_KEYS);
  const { over, under } = age;
  return {
    ...(over === undefined ? {} : { [overKey]: readDurationMs(`${field}.over`, over, DELAY) }),
    ...(under === undefined ? {} : { [underKey]: readDurationMs(`${field}.under`, under, DELAY) }),
  };
}

function readWantedTags(field: string, tags: unknown): string[] {
  return readTags(field, readList(field, tags));
}

const FINGERPRINT = /^[0-9a-f]{16}$/i;

/** @throws InvalidQueryError */
export function readFingerprint(fingerprint: unknown): string {
  if (typeof fingerprint === 'string' && FINGERPRINT.test(fingerprint)) return fingerprint;
  const allowed = '16 hexadecimal digits, as errorGroups() gives them';
  throw new InvalidQueryError('fingerprint', describeValue(fingerprint), allowed);
}

/** An empty list would match nothing, which nobody asks for on purpose. */
function readList(field: string, value: unknown): unknown[] {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  if (list.length > 0 && list.length <= MOST_MEMBERS) return list;
  const got = list.length === 0 ? 'an empty list' : `a list of ${list.length}`;
  throw new InvalidQueryError(field, got, `one or several, at most ${MOST_MEMBERS}`);
}

function readPayload(payload: unknown): PayloadCondition[] {
  const rule = `an object with 1 to ${MOST_CONDITIONS} paths and their values`;
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload)) {
    throw new InvalidQueryError('payload', describeValue(payload), rule);
  }
  const conditions = Object.entries(payload);
  if (conditions.length === 0 || conditions.length > MOST_CONDITIONS) {
    throw new InvalidQueryError('payload', `an object with ${conditions.length} paths`, rule);
  }
  return conditions.map(([path, value]) => ({
    path: readPath(path),
    values: readList('payload', value).map((one) => readValue(path, one)),
  }));
}

function readPath(path: string): string[] {
  const keys = path.split('.');
  if (path.length <= LONGEST_PATH && isStorable(path) && keys.every((key) => key !== '')) return keys;
  const rule = `paths of at most ${LONGEST_PATH} characters: keys with single dots between them`;
  throw new InvalidQueryError('payload', `an object with the path ${describeValue(path)}`, rule);
}

function readValue(path: string, value: unknown): PayloadValue {
  if (value === null || typeof value === 'boolean') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (typeof value === 'string' && isStorable(value)) return value;
  throw new InvalidQueryError(
    'payload',
    `${describeValue(value)} at ${describeValue(path)}`,
    'text, a number, a boolean or null; payloads hold no NUL and no half of a surrogate pair',
  );
}
