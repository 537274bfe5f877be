import { parseDuration, type Duration } from './duration.js';
import { InvalidJobError } from './errors.js';
import { isStorableText } from './enqueue-option-readers.js';
import type { OnConflict, UniqueDraft } from './job.js';
import { DELAY } from './option-rules.js';
import { describeDurationRule } from './option-scope.js';
import { describeValue } from './redact.js';
import { uniqueKeyOf, UNIQUE_SCOPES, type UniqueScope } from './unique-key.js';

/**
 * Which jobs are the same job. At least one of `key` and `payload` narrows it; without both, one job of the scope at
 * a time.
 */
export interface UniqueOptions {
  /** The caller's own key, 1 to 256 characters. */
  key?: string;
  /** Jobs with the same payload are the same job; the order of members does not count. Default false. */
  payload?: boolean;
  /**
   * Among which jobs: those of the same `type` in the same queue (default), of the same `queue`, or of the whole
   * `app` (the instance's `queueName`).
   */
  scope?: UniqueScope;
  /**
   * For how long: until the job is `'finished'` (default), for a time after the enqueue (`'10m'`), or until its row is
   * `'deleted'`.
   */
  until?: Duration;
  /**
   * What an enqueue does that finds a holder: `skip` (default) answers its id with `created: false`; `error` throws
   * `DuplicateJobError`; `replace` gives the holder this payload and these options unless it runs, and answers its id.
   */
  onConflict?: OnConflict;
}

/** What a key belongs to. */
export interface KeyOwner {
  readonly app: string;
  readonly queue: string;
  readonly type: string;
  readonly payload: string;
}

const KEYS: readonly string[] = ['key', 'payload', 'scope', 'until', 'onConflict'];
const CONFLICTS: readonly OnConflict[] = ['skip', 'error', 'replace'];
const LONGEST_KEY = 256;

/**
 * What `unique` of one enqueue comes to; `true` = the same type with the same payload, until it is finished.
 * @throws InvalidJobError
 */
export function resolveUnique(unique: unknown, owner: KeyOwner): UniqueDraft | null {
  if (unique === undefined || unique === null || unique === false) return null;
  const options = unique === true ? { payload: true } : readOptions(unique);
  const { keeps, expiresAfterMs } = readUntil(options.until);
  const parts = {
    scope: readScope(options.scope),
    key: readKey(options.key),
    payload: readPayloadFlag(options.payload) ? owner.payload : undefined,
  };
  const key = uniqueKeyOf({ ...owner, ...parts });
  return { key, keeps, expiresAfterMs, onConflict: readConflict(options.onConflict) };
}

type Given = Partial<Record<keyof UniqueOptions, unknown>>;

function readOptions(unique: unknown): Given {
  if (typeof unique !== 'object' || unique === null || Array.isArray(unique)) {
    throw new InvalidJobError(
      'unique',
      describeValue(unique),
      'true, or an object with key, payload, scope, until',
    );
  }
  const unknown = Object.keys(unique).find((key) => !KEYS.includes(key));
  if (unknown === undefined) return unique;
  const name = describeValue(unknown).slice(1, -1);
  throw new InvalidJobError(`unique.${name}`, 'no option of unique', `only ${KEYS.join(', ')}`);
}

function readKey(key: unknown): string | undefined {
  if (key === undefined) return undefined;
  if (typeof key === 'string' && isStorableText(key, LONGEST_KEY)) return key;
  const allowed = `a text of 1 to ${LONGEST_KEY} characters, without control characters`;
  throw new InvalidJobError('unique.key', describeValue(key), allowed);
}

function readPayloadFlag(payload: unknown): boolean {
  if (payload === undefined || typeof payload === 'boolean') return payload ?? false;
  throw new InvalidJobError('unique.payload', describeValue(payload), 'true or false');
}

function readScope(scope: unknown): UniqueScope {
  return readChoice('unique.scope', scope, UNIQUE_SCOPES, 'type');
}

function readConflict(onConflict: unknown): OnConflict {
  return readChoice('unique.onConflict', onConflict, CONFLICTS, 'skip');
}

function readChoice<Choice extends string>(
  field: string,
  value: unknown,
  choices: readonly Choice[],
  otherwise: Choice,
): Choice {
  if (value === undefined) return otherwise;
  const found = choices.find((choice) => choice === value);
  if (found !== undefined) return found;
  throw new InvalidJobError(field, describeValue(value), choices.map((choice) => `'${choice}'`).join(' or '));
}

function readUntil(until: unknown): Pick<UniqueDraft, 'keeps' | 'expiresAfterMs'> {
  if (until === undefined || until === 'finished') return { keeps: false, expiresAfterMs: null };
  if (until === 'deleted') return { keeps: true, expiresAfterMs: null };
  const expiresAfterMs = parseDuration(until);
  if (expiresAfterMs !== undefined && expiresAfterMs > 0 && expiresAfterMs <= DELAY.mostMs) {
    return { keeps: true, expiresAfterMs };
  }
  const allowed = `'finished', 'deleted', or ${describeDurationRule({ leastMs: 1, mostMs: DELAY.mostMs })}`;
  throw new InvalidJobError('unique.until', describeValue(until), allowed);
}
