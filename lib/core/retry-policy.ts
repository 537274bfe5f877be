/**
 * How long a job waits before its next attempt; every value in ms, resolved from options.
 * `exponential`: base × factor^(n−1); `polynomial`: base × n^power; `fixed`: base; n = attempts that failed so far.
 */
export interface BackoffPolicy {
  readonly strategy: 'exponential' | 'polynomial' | 'fixed';
  readonly baseMs: number;
  readonly factor: number;
  readonly power: number;
  /** Share of the delay by which it may be shorter or longer: 0.1 = ±10 %. */
  readonly jitter: number;
  readonly minMs: number;
  readonly maxMs: number;
}

/** Delay in ms before the attempt after `failedAttempts` failures (1 = after the first). */
export type BackoffFunction = (failedAttempts: number) => number;

/** 1, 2, 4, 8 s … with ±10 %, at most a day. */
export const DEFAULT_BACKOFF: BackoffPolicy = {
  strategy: 'exponential',
  baseMs: 1_000,
  factor: 2,
  power: 4,
  jitter: 0.1,
  minMs: 0,
  maxMs: 24 * 3_600_000,
};

/** The delay before the next attempt, in whole ms. `random` is uniform in [0, 1). */
export function retryDelayMs(
  backoff: BackoffPolicy | BackoffFunction,
  failedAttempts: number,
  random: () => number,
): number {
  if (typeof backoff === 'function') return customDelayMs(backoff, failedAttempts);
  const plain = plainDelayMs(backoff, Math.max(1, failedAttempts));
  const spread = backoff.jitter === 0 ? 1 : 1 - backoff.jitter + 2 * backoff.jitter * random();
  return Math.round(clamp(plain * spread, backoff.minMs, backoff.maxMs));
}

function plainDelayMs(backoff: BackoffPolicy, failedAttempts: number): number {
  switch (backoff.strategy) {
    case 'fixed':
      return backoff.baseMs;
    case 'polynomial':
      return backoff.baseMs * failedAttempts ** backoff.power;
    case 'exponential':
      // Grows past every number after some 1,000 attempts: Infinity is clamped, never stored.
      return backoff.baseMs * backoff.factor ** (failedAttempts - 1);
  }
}

/** A function of the user's may answer anything; a run must end all the same. */
function customDelayMs(backoff: BackoffFunction, failedAttempts: number): number {
  const answer = backoff(failedAttempts);
  if (!Number.isFinite(answer) || answer < 0) return DEFAULT_BACKOFF.maxMs;
  return Math.round(Math.min(answer, DEFAULT_BACKOFF.maxMs));
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
