import type { Duration } from '../core/duration.js';
import { InvalidQueryError } from '../core/errors.js';
import { DELAY, PRIORITY, RETRIES, TIME_LIMIT } from '../core/option-rules.js';
import type { KeysOf } from '../core/option-scope.js';
import { encodePayload } from '../core/payload.js';
import type { DueTime, JobChanges } from '../core/ports/job-operations.js';
import { describeValue } from '../core/redact.js';
import {
  readDurationMs,
  readInstant,
  readName,
  readTags,
  readWholeNumber,
  refuseUnknownKeys,
} from './argument-readers.js';

/** What is to be different about a job that does not run. What is left out stays. Durations are ms or text. */
export interface JobChange {
  /** Another queue. The job keeps the unique key with which it was enqueued. */
  queue?: string;
  /** Higher runs first. */
  priority?: number;
  /** The whole payload; checked by the handler's schema when the job runs. */
  payload?: unknown;
  /** Runs after the first; those that are used stay used. */
  maxRetries?: number;
  /** Time limit of a run; 0 = none but `staleJobTimeout`. */
  timeout?: Duration;
  /** All tags that the job is to have. */
  tags?: readonly string[];
  /** `null`: no deadline any more. */
  deadlineAt?: Date | null;
}

const CHANGE_KEYS: KeysOf<JobChange> = {
  queue: true,
  priority: true,
  payload: true,
  maxRetries: true,
  timeout: true,
  tags: true,
  deadlineAt: true,
};

/**
 * @throws InvalidQueryError
 * @throws KyuPayloadError when the payload cannot be stored
 */
export function readChanges(change: JobChange, payloadLimitBytes: number): JobChanges {
  refuseUnknownKeys('change', change, CHANGE_KEYS);
  const { queue, priority, payload, maxRetries, timeout, tags, deadlineAt } = change;
  const changes: JobChanges = {
    ...(queue === undefined ? {} : { queue: readName('queue', queue) }),
    ...(priority === undefined ? {} : { priority: readWholeNumber('priority', priority, PRIORITY) }),
    ...(payload === undefined ? {} : { payload: encodePayload(payload, payloadLimitBytes) }),
    ...(maxRetries === undefined ? {} : { maxRetries: readWholeNumber('maxRetries', maxRetries, RETRIES) }),
    ...(timeout === undefined ? {} : { timeoutMs: readDurationMs('timeout', timeout, TIME_LIMIT) }),
    ...(tags === undefined ? {} : { tags: readTags('tags', tags) }),
    ...(deadlineAt === undefined ? {} : { deadlineAt: readDeadline(deadlineAt) }),
  };
  if (Object.keys(changes).length > 0) return changes;
  throw new InvalidQueryError('change', 'empty', `at least one of ${Object.keys(CHANGE_KEYS).join(', ')}`);
}

/** The change as the trail keeps it: what was set to what. Payloads are not for the trail; that it changed is. */
export function describeChanges({ payload, ...changes }: JobChanges): string {
  return JSON.stringify(payload === undefined ? changes : { ...changes, payload: 'changed' });
}

/**
 * When a job is to run: an instant, or a span from now by the database's clock.
 * @throws InvalidQueryError
 */
export function readDueTime(when: unknown): DueTime {
  if (typeof when === 'object' && when !== null) return { at: readInstant('when', when) };
  if (typeof when === 'number' || typeof when === 'string') {
    return { delayMs: readDurationMs('when', when, DELAY) };
  }
  throw new InvalidQueryError('when', describeValue(when), "a Date, ms from now, or text such as '5m'");
}

function readDeadline(deadlineAt: unknown): string | null {
  return deadlineAt === null ? null : readInstant('deadlineAt', deadlineAt);
}
