import { parseDuration, type Duration } from './duration.js';

/**
 * What a run can come to. `completed`, `failed` and `timed-out` happen to a handler; `discarded`, `snoozed` and
 * `retry-after` are said by it; `released` is said by a shutdown, `cancelled` by an operator, `expired` by the job's
 * own deadline.
 */
export type RunOutcome =
  | { readonly kind: 'completed'; readonly result: unknown }
  | { readonly kind: 'failed'; readonly error: unknown }
  | { readonly kind: 'timed-out'; readonly error: unknown }
  | { readonly kind: 'discarded'; readonly error: unknown }
  | { readonly kind: 'snoozed'; readonly delayMs: number }
  | { readonly kind: 'retry-after'; readonly delayMs: number; readonly error: unknown }
  | { readonly kind: 'released' }
  | { readonly kind: 'cancelled'; readonly reason: string | null }
  | { readonly kind: 'expired'; readonly error: unknown };

/** The names of outcomes, as `kyu_attempts.outcome` keeps them. */
export type RunOutcomeKind = RunOutcome['kind'];

/** Throw it in a handler: the job is `dead` at once, without a further attempt. */
export class DiscardJob extends Error {
  override readonly name = 'DiscardJob';

  // oxlint-disable-next-line no-useless-constructor -- it makes the reason mandatory
  constructor(reason: string, options?: ErrorOptions) {
    super(reason, options);
  }
}

/** Throw it in a handler: the job runs again later, no attempt is used, nothing is kept as an error. */
export class SnoozeJob extends Error {
  override readonly name = 'SnoozeJob';
  readonly delayMs: number;

  /** @throws RangeError when the delay is negative or no duration. */
  constructor(delay: Duration) {
    super(`snoozed for ${delay}`);
    this.delayMs = requireDelay(delay);
  }
}

/** Throw it in a handler: the job runs again after this delay instead of its backoff; an attempt is used, the error is kept. */
export class RetryJob extends Error {
  override readonly name = 'RetryJob';
  readonly delayMs: number;

  /** @throws RangeError when the delay is negative or no duration. */
  constructor(delay: Duration, cause?: unknown) {
    super(messageOf(cause) ?? `retry asked for in ${delay}`, cause === undefined ? undefined : { cause });
    this.delayMs = requireDelay(delay);
  }
}

/**
 * What a thrown value means. Anything that is not one of Kyu's words is a failure. A `DiscardJob` counts as well when
 * an error around it names it as its cause: layers that wrap what they catch must not turn "never again" into a retry.
 */
export function outcomeOfThrown(thrown: unknown): RunOutcome {
  try {
    return outcomeOfWord(thrown);
  } catch {
    // Even asking for its class may throw, if it is a proxy; a run ends whatever was thrown.
    return { kind: 'failed', error: thrown };
  }
}

function outcomeOfWord(thrown: unknown): RunOutcome {
  if (thrown instanceof DiscardJob) return { kind: 'discarded', error: thrown };
  if (thrown instanceof SnoozeJob) return { kind: 'snoozed', delayMs: thrown.delayMs };
  if (thrown instanceof RetryJob) return { kind: 'retry-after', delayMs: thrown.delayMs, error: thrown };
  return isCausedByDiscard(thrown) ? { kind: 'discarded', error: thrown } : { kind: 'failed', error: thrown };
}

/** Deeper than this nobody wraps; a chain that bites its own tail ends here, too. */
const DEEPEST_CAUSE = 10;

function isCausedByDiscard(thrown: unknown): boolean {
  try {
    let error = thrown;
    for (let depth = 0; depth < DEEPEST_CAUSE && error instanceof Error; depth += 1) {
      error = error.cause;
      if (error instanceof DiscardJob) return true;
    }
  } catch {
    // A cause that cannot be read says nothing.
  }
  return false;
}

function requireDelay(delay: Duration): number {
  const delayMs = parseDuration(delay);
  if (delayMs === undefined) throw new RangeError(`"${delay}" is no delay; give ms or text such as '30s'.`);
  return delayMs;
}

function messageOf(cause: unknown): string | undefined {
  if (cause instanceof Error) return cause.message;
  return typeof cause === 'string' ? cause : undefined;
}
