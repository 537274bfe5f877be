import type { Claim } from './claim.js';
import type { ConfigProblem } from './errors.js';
import { InvalidJobError } from './errors.js';
import { OptionScope } from './option-scope.js';
import type { BackoffOptions } from './options.js';
import { hasCrossedBounds, overlayBackoff, readBackoff } from './resolve-backoff.js';
import type { BackoffFunction, BackoffPolicy, BackoffPreset } from './retry-policy.js';

/**
 * A backoff of one job's own, as JSON text for its row; `null` for none. A function cannot be written into a row.
 * @throws InvalidJobError
 */
export function encodeJobBackoff(backoff: BackoffOptions | BackoffPreset | undefined): string | null {
  if (backoff === undefined) return null;
  const problems: ConfigProblem[] = [];
  const given = readBackoff(
    new OptionScope<{ backoff?: BackoffOptions }>(problems, '', { backoff }, ['backoff']),
  );
  const [problem] = problems;
  if (problem !== undefined) throw new InvalidJobError(problem.field, problem.value, problem.allowed);
  if (typeof given === 'function') {
    throw new InvalidJobError(
      'backoff',
      'a function',
      'fields or the name of a preset; a function belongs to a job type',
    );
  }
  return JSON.stringify(given);
}

/** The backoff that holds for a run: the job's own over that of its type. Looked at when a run has failed. */
export function backoffOf(
  { backoff }: Pick<Claim, 'backoff'>,
  ofType: BackoffPolicy | BackoffFunction,
): BackoffPolicy | BackoffFunction {
  if (backoff === undefined || backoff === null) return ofType;
  const own = overlayBackoff(ofType, JSON.parse(backoff) as Partial<BackoffPolicy>);
  // The bounds may come from two levels; the job's own say more.
  return hasCrossedBounds(own) ? { ...own, minMs: Math.min(own.minMs, own.maxMs) } : own;
}
