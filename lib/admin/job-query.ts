import { InvalidQueryError } from '../core/errors.js';
import { JOB_STATUSES, type JobStatus } from '../core/job-status.js';
import type { JobId } from '../core/job.js';
import type { NumberRule } from '../core/option-rules.js';
import type { KeysOf } from '../core/option-scope.js';
import type { JobFilter, PayloadCondition } from '../core/ports/ledger.js';
import { describeValue } from '../core/redact.js';
import {
  isStorable,
  readInstant,
  readJobId,
  readMembers,
  readNames,
  readTags,
  readWholeNumber,
} from './argument-readers.js';

/** Which jobs. What is left out does not narrow; of a list of names any will do. */
export interface JobSelection {
  status?: JobStatus | readonly JobStatus[];
  /** Job types. */
  type?: string | readonly string[];
  queue?: string | readonly string[];
  /** All of these, not one of them. */
  tags?: string | readonly string[];
  /**
   * Values that the payload must have, by their paths: keys of objects and indexes of lists with dots between them,
   * as in `{ 'user.id': 42, 'items.0.sku': 'a-1' }`.
   */
  payload?: Readonly<Record<string, string | number | boolean | null>>;
  /** Created at this instant or later. */
  createdAfter?: Date;
  /** Created earlier than this instant. */
  createdBefore?: Date;
  /** Completed, dead or cancelled since this instant. */
  finishedAfter?: Date;
  /** Completed, dead or cancelled earlier than this instant. */
  finishedBefore?: Date;
  /** Children of this job. */
  parentId?: JobId;
}

/** One page of which jobs. */
export interface JobQuery extends JobSelection {
  /** Jobs per page, 1 to 1,000. Default 100. */
  limit?: number;
  /** The `nextCursor` of the page before; nothing for the first. */
  cursor?: string | null;
  /** True: the jobs that retention has archived, and no others. Default false. */
  archived?: boolean;
}

/** The statuses that a job can be run again from. */
export const RETRYABLE_STATUSES = ['failed', 'dead', 'cancelled'] as const satisfies readonly JobStatus[];

/** A status that a job can be run again from. */
export type RetryableStatus = (typeof RETRYABLE_STATUSES)[number];

/** Which jobs are to run again. Their status has to be said, so that nothing cancelled runs again by an oversight. */
export interface RetrySelection extends JobSelection {
  status: RetryableStatus | readonly RetryableStatus[];
}

/** The statuses that a job can be deleted in: all but `running`. */
export const DELETABLE_STATUSES = [
  'scheduled',
  'pending',
  'failed',
  'completed',
  'dead',
  'cancelled',
] as const satisfies readonly JobStatus[];

/** A status that a job can be deleted in. */
export type DeletableStatus = (typeof DELETABLE_STATUSES)[number];

/** Which jobs are to go for good. Their status has to be said. */
export interface DeleteSelection extends JobSelection {
  status: DeletableStatus | readonly DeletableStatus[];
}

/** The keys of a selection. */
export const SELECTION_KEYS: KeysOf<JobSelection> = {
  status: true,
  type: true,
  queue: true,
  tags: true,
  payload: true,
  createdAfter: true,
  createdBefore: true,
  finishedAfter: true,
  finishedBefore: true,
  parentId: true,
};

/** The keys of a query. */
export const QUERY_KEYS: KeysOf<JobQuery> = { ...SELECTION_KEYS, limit: true, cursor: true, archived: true };

const PAGE_SIZE: NumberRule = { least: 1, most: 1_000 };
const DEFAULT_PAGE_SIZE = 100;
const BATCH_LIMIT: NumberRule = { least: 1, most: Number.MAX_SAFE_INTEGER };
const MOST_CONDITIONS = 20;
const LONGEST_PATH = 512;

/** @throws InvalidQueryError */
export function readFilter(selection: JobSelection): JobFilter {
  const { status, type, queue, tags, payload, parentId } = selection;
  const { createdAfter, createdBefore, finishedAfter, finishedBefore } = selection;
  return {
    ...(status === undefined ? {} : { statuses: readMembers('status', status, JOB_STATUSES) }),
    ...(type === undefined ? {} : { types: readNames('type', type) }),
    ...(queue === undefined ? {} : { queues: readNames('queue', queue) }),
    ...(tags === undefined ? {} : { tags: readWantedTags(tags) }),
    ...(payload === undefined ? {} : { payload: readConditions(payload) }),
    ...(createdAfter === undefined ? {} : { createdFrom: readInstant('createdAfter', createdAfter) }),
    ...(createdBefore === undefined ? {} : { createdBefore: readInstant('createdBefore', createdBefore) }),
    ...(finishedAfter === undefined ? {} : { finishedFrom: readInstant('finishedAfter', finishedAfter) }),
    ...(finishedBefore === undefined
      ? {}
      : { finishedBefore: readInstant('finishedBefore', finishedBefore) }),
    ...(parentId === undefined ? {} : { parentId: readJobId(parentId, 'parentId') }),
  };
}

/**
 * The same for a change of many: the status is said and one of those, and something narrows.
 * @throws InvalidQueryError
 */
export function readFilterWithStatus(selection: JobSelection, allowed: readonly JobStatus[]): JobFilter {
  return { ...readFilter(selection), statuses: readMembers('status', selection.status, allowed) };
}

/**
 * The same where the status goes without saying, but not the rest: an empty selection means every job there is.
 * @throws InvalidQueryError
 */
export function readNarrowFilter(selection: JobSelection, allowed: readonly JobStatus[]): JobFilter {
  if (Object.values(selection).every((value) => value === undefined)) {
    throw new InvalidQueryError(
      'selection',
      'empty, which means every job',
      'something that narrows it, such as a queue or a type',
    );
  }
  const { status = allowed } = selection;
  return { ...readFilter(selection), statuses: readMembers('status', status, allowed) };
}

/** @throws InvalidQueryError */
export function readPageSize(limit: unknown): number {
  return limit === undefined ? DEFAULT_PAGE_SIZE : readWholeNumber('limit', limit, PAGE_SIZE);
}

/** @throws InvalidQueryError */
export function readBatchLimit(limit: unknown): number {
  return limit === undefined ? Infinity : readWholeNumber('limit', limit, BATCH_LIMIT);
}

function readWantedTags(tags: unknown): string[] {
  const list: unknown[] = Array.isArray(tags) ? tags : [tags];
  if (list.length > 0) return readTags('tags', list);
  throw new InvalidQueryError('tags', 'an empty list', 'one tag or several');
}

function readConditions(payload: unknown): PayloadCondition[] {
  const rule = `an object with 1 to ${MOST_CONDITIONS} paths and their values`;
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload)) {
    throw new InvalidQueryError('payload', describeValue(payload), rule);
  }
  const conditions = Object.entries(payload);
  if (conditions.length === 0 || conditions.length > MOST_CONDITIONS) {
    throw new InvalidQueryError('payload', `an object with ${conditions.length} paths`, rule);
  }
  return conditions.map(([path, value]) => ({ path: readPath(path), value: readValue(path, value) }));
}

function readPath(path: string): string[] {
  const keys = path.split('.');
  if (path.length <= LONGEST_PATH && isStorable(path) && keys.every((key) => key !== '')) return keys;
  const rule = `paths of at most ${LONGEST_PATH} characters: keys with single dots between them`;
  throw new InvalidQueryError('payload', `an object with the path ${describeValue(path)}`, rule);
}

function readValue(path: string, value: unknown): PayloadCondition['value'] {
  if (value === null || typeof value === 'boolean') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (typeof value === 'string' && isStorable(value)) return value;
  throw new InvalidQueryError(
    'payload',
    `${describeValue(value)} at ${describeValue(path)}`,
    'text, a number, a boolean or null; payloads hold no NUL and no half of a surrogate pair',
  );
}
