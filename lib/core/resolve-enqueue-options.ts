import type { Duration } from './duration.js';
import {
  readDurationMs,
  readInstant,
  readPriority,
  readQueue,
  readTags,
  readWholeNumber,
} from './enqueue-option-readers.js';
import { InvalidJobError } from './errors.js';
import { encodeJobBackoff } from './job-backoff.js';
import type { JobDraft } from './job.js';
import { isName, NAME_RULE } from './names.js';
import { nearestName } from './near-miss.js';
import { DEFAULT_PRIORITIES } from './option-defaults.js';
import { ATTEMPTS, DELAY, PRIORITY, RETRIES, TIME_LIMIT } from './option-rules.js';
import type { BackoffOptions } from './options.js';
import type { KeysOf } from './option-scope.js';
import type { JobDefaults } from './ports/handler-table.js';
import { describeValue } from './redact.js';
import type { UniqueOptions } from './resolve-unique.js';
import type { BackoffPreset } from './retry-policy.js';

/** How one job differs from the defaults of its type. Durations are ms or text (`'30s'`). */
export interface EnqueueOptions {
  /**
   * Higher runs first; equal priority runs in the order of enqueueing. Any 32-bit integer, or a name from the option
   * `priorities` (`'high'` = 10, `'normal'` = 0, `'low'` = −10 unless it says otherwise). Default 0.
   */
  priority?: number | string;
  /** First run not before this time from now, by the database's clock. Default none. */
  delay?: Duration;
  /** First run not before this instant; wins over `delay`. One in the past means at once. */
  scheduledAt?: Date | null;
  /** Runs after the first, 0 to 10,000. Default: that of the job type. */
  maxRetries?: number;
  /** The same counted with the first run: `maxRetries + 1`. Give one of the two. */
  maxAttempts?: number;
  /** Time limit of a run; 0 = none but `staleJobTimeout`. Default: that of the job type. */
  timeout?: Duration;
  /** How long it waits between attempts; fields that it does not name are those of the job type. */
  backoff?: BackoffOptions | BackoffPreset;
  /** The queue that carries the job. Default: that of the job type. */
  queue?: string;
  /**
   * After this instant the job is of no use any more: a run under way is aborted, one that has not begun does not
   * begin, and the job is `dead`. The sooner of this and the time limit counts.
   */
  deadlineAt?: Date | null;
  /** Labels for lists and filters, at most 20 of at most 128 characters. */
  tags?: readonly string[];
  /** One such job at a time; `true` = of the same type with the same payload, until it is finished. */
  unique?: boolean | UniqueOptions;
}

/** What a draft has besides its id and its payload. */
export type JobDraftSettings = Omit<JobDraft, 'id' | 'payload' | 'context' | 'parentId' | 'unique'>;

const ENQUEUE_KEYS: KeysOf<EnqueueOptions> = {
  priority: true,
  delay: true,
  scheduledAt: true,
  maxRetries: true,
  maxAttempts: true,
  timeout: true,
  backoff: true,
  queue: true,
  deadlineAt: true,
  tags: true,
  unique: true,
};
const NO_KEYS: readonly string[] = [];

/**
 * What the options of one enqueue come to, over the defaults of the job type. It runs for every job, so it stops at
 * the first mistake and makes nothing that it does not return.
 * `extraKeys` are keys of the options that somebody else reads; `unique` waits for the payload (see resolve-unique).
 * @throws InvalidJobError
 */
export function resolveEnqueueOptions(
  type: unknown,
  options: EnqueueOptions | undefined,
  defaults: JobDefaults,
  extraKeys: readonly string[] = NO_KEYS,
  priorities: ReadonlyMap<string, number> = DEFAULT_PRIORITIES,
): JobDraftSettings {
  if (!isName(type)) throw new InvalidJobError('type', describeValue(type), `a job type of ${NAME_RULE}`);
  if (options === undefined) return plainSettings(type, defaults);
  refuseUnknown(options, extraKeys);
  const scheduledAt = readInstant('scheduledAt', options.scheduledAt);
  const delayMs = readDurationMs('delay', options.delay, DELAY, 0);
  return {
    type,
    queue: readQueue(options.queue, defaults.queue),
    priority: readPriority(options.priority, PRIORITY, priorities) ?? 0,
    maxRetries: readMaxRetries(options) ?? defaults.maxRetries,
    timeoutMs: readDurationMs('timeout', options.timeout, TIME_LIMIT, defaults.timeoutMs),
    delayMs: scheduledAt === null ? delayMs : 0,
    scheduledAt,
    deadlineAt: readInstant('deadlineAt', options.deadlineAt),
    tags: readTags(options.tags),
    backoff: encodeJobBackoff(options.backoff),
  };
}

function plainSettings(type: string, defaults: JobDefaults): JobDraftSettings {
  return {
    type,
    queue: defaults.queue,
    priority: 0,
    maxRetries: defaults.maxRetries,
    timeoutMs: defaults.timeoutMs,
    delayMs: 0,
    scheduledAt: null,
    deadlineAt: null,
    tags: null,
    backoff: null,
  };
}

function refuseUnknown(options: object, extraKeys: readonly string[]): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new InvalidJobError(
      'options',
      describeValue(options),
      'an object with the options of the job, or nothing',
    );
  }
  for (const key of Object.keys(options)) {
    if (Object.hasOwn(ENQUEUE_KEYS, key) || extraKeys.includes(key)) continue;
    throw unknownOption(key, [...Object.keys(ENQUEUE_KEYS), ...extraKeys]);
  }
}

function unknownOption(key: string, known: readonly string[]): InvalidJobError {
  const nearest = nearestName(key, known);
  const hint = nearest === undefined ? '' : ` (did you mean "${nearest}"?)`;
  const name = describeValue(key).slice(1, -1);
  return new InvalidJobError(name, `no option of enqueue${hint}`, `only ${known.join(', ')}`);
}

function readMaxRetries(options: EnqueueOptions): number | undefined {
  const maxRetries = readWholeNumber('maxRetries', options.maxRetries, RETRIES);
  const maxAttempts = readWholeNumber('maxAttempts', options.maxAttempts, ATTEMPTS);
  if (maxAttempts === undefined) return maxRetries;
  if (maxRetries === undefined || maxRetries === maxAttempts - 1) return maxAttempts - 1;
  const got = `${maxAttempts} beside a maxRetries of ${maxRetries}`;
  throw new InvalidJobError('maxAttempts', got, `${maxRetries + 1}, or only one of the two`);
}
