import { InvalidQueryError } from '../core/errors.js';
import { isJobId } from '../core/job-id.js';
import { JOB_STATUSES, type JobStatus } from '../core/job-status.js';
import type { JobId } from '../core/job.js';
import { isName, NAME_RULE } from '../core/names.js';
import { nearestName } from '../core/near-miss.js';
import type { NumberRule } from '../core/option-rules.js';
import type { KeysOf } from '../core/option-scope.js';
import type { JobFilter } from '../core/ports/ledger.js';
import { describeValue } from '../core/redact.js';
import { toStorableText } from '../core/storable-text.js';

/** Which jobs. What is left out does not narrow; of a list any member will do. */
export interface JobSelection {
  status?: JobStatus | readonly JobStatus[];
  /** Job types. */
  type?: string | readonly string[];
  queue?: string | readonly string[];
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

/** The keys of a selection. */
export const SELECTION_KEYS: KeysOf<JobSelection> = { status: true, type: true, queue: true };

/** The keys of a query. */
export const QUERY_KEYS: KeysOf<JobQuery> = {
  ...SELECTION_KEYS,
  limit: true,
  cursor: true,
  archived: true,
};

const PAGE_SIZE: NumberRule = { least: 1, most: 1_000 };
const DEFAULT_PAGE_SIZE = 100;
const BATCH_LIMIT: NumberRule = { least: 1, most: Number.MAX_SAFE_INTEGER };
const LONGEST_REASON = 4_096;

/** @throws InvalidQueryError when the value cannot be the id of a job */
export function readJobId(id: unknown): JobId {
  if (isJobId(id)) return id;
  throw new InvalidQueryError('id', describeValue(id), 'the id of a job, which is a UUID');
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
export function readFilter({ status, type, queue }: JobSelection): JobFilter {
  return {
    ...(status === undefined ? {} : { statuses: readStatuses(status, JOB_STATUSES) }),
    ...(type === undefined ? {} : { types: readNames('type', type) }),
    ...(queue === undefined ? {} : { queues: readNames('queue', queue) }),
  };
}

/** @throws InvalidQueryError when it is neither true nor false */
export function readArchived(archived: unknown): boolean {
  if (archived === undefined || typeof archived === 'boolean') return archived ?? false;
  throw new InvalidQueryError('archived', describeValue(archived), 'true or false');
}

/** @throws InvalidQueryError when a status is missing that a job can be run again from */
export function readRetryFilter(selection: RetrySelection): JobFilter {
  const statuses = readStatuses(selection.status, RETRYABLE_STATUSES);
  return { ...readFilter(selection), statuses };
}

/** @throws InvalidQueryError */
export function readPageSize(limit: unknown): number {
  return limit === undefined ? DEFAULT_PAGE_SIZE : readWholeNumber(limit, PAGE_SIZE);
}

/** @throws InvalidQueryError */
export function readBatchLimit(limit: unknown): number {
  return limit === undefined ? Infinity : readWholeNumber(limit, BATCH_LIMIT);
}

/**
 * A reason as the ledger can keep it.
 * @throws InvalidQueryError when it is no text, or too long to be one
 */
export function readReason(reason: unknown): string | null {
  if (reason === undefined || reason === null) return null;
  if (typeof reason === 'string' && reason.length <= LONGEST_REASON) {
    return toStorableText(reason, LONGEST_REASON);
  }
  throw new InvalidQueryError(
    'reason',
    describeValue(reason),
    `text of at most ${LONGEST_REASON} characters`,
  );
}

/** @throws InvalidQueryError */
export function readNames(field: string, value: unknown): string[] {
  return readList(field, value, `one name or several: ${NAME_RULE}`).map((name) => {
    if (isName(name)) return name;
    throw new InvalidQueryError(field, describeValue(name), `names of ${NAME_RULE}`);
  });
}

function readStatuses<Status extends JobStatus>(value: unknown, allowed: readonly Status[]): Status[] {
  const rule = `one or several of ${allowed.join(', ')}`;
  return readList('status', value, rule).map((name) => {
    const status = allowed.find((candidate) => candidate === name);
    if (status !== undefined) return status;
    const hint = typeof name === 'string' ? nearMiss(name, allowed) : '';
    throw new InvalidQueryError('status', `${describeValue(name)}${hint}`, rule);
  });
}

/** An empty list would match nothing, which nobody asks for on purpose. */
function readList(field: string, value: unknown, rule: string): unknown[] {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  if (list.length > 0) return list;
  throw new InvalidQueryError(field, 'an empty list', rule);
}

function readWholeNumber(value: unknown, { least, most }: NumberRule): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
  throw new InvalidQueryError('limit', describeValue(value), `a whole number from ${least} to ${most}`);
}

function nearMiss(given: string, names: readonly string[]): string {
  const nearest = nearestName(given, names);
  return nearest === undefined ? '' : ` (did you mean "${nearest}"?)`;
}
