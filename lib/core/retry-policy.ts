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

/** A backoff as it was given: a function, or the fields that were named. */
export type GivenBackoff = Partial<BackoffPolicy> | BackoffFunction;

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

/**
 * The delays of the queues that Kyu follows, by name: `kyu` 1, 2, 4, 8 s …; `pgqueue` 2, 4, 8 s … ± half;
 * `asynqpg` 1, 16, 81, 256 s … (attempt⁴) ±10 %, at most a day.
 */
export const BACKOFF_PRESETS = {
  kyu: { ...DEFAULT_BACKOFF, jitter: 0 },
  pgqueue: { ...DEFAULT_BACKOFF, baseMs: 2_000, jitter: 0.5 },
  asynqpg: { ...DEFAULT_BACKOFF, strategy: 'polynomial', power: 4, minMs: 1_000 },
} as const satisfies Readonly<Record<string, BackoffPolicy>>;

/** The name of a preset. */
export type BackoffPreset = keyof typeof BACKOFF_PRESETS;

/** The delay before the next attempt, in whole ms. `random` is uniform in [0, 1). */
export function retryDelayMs(
  backoff: BackoffPolicy | BackoffFunction,
  failedAttempts: number,
  random: () => number,
): number {
  if (typeof backoff === 'function') return customDelayMs(backoff, failedAttempts, random);
  // Bounded before it is spread: 0 × Infinity is no number, and jobs that all wait the longest need spreading too.
  const plain = clamp(plainDelayMs(backoff, Math.max(1, failedAttempts)), backoff.minMs, backoff.maxMs);
  const spread = backoff.jitter === 0 ? 1 : 1 - backoff.jitter + 2 * backoff.jitter * random();
  return Math.round(clamp(plain * spread, backoff.minMs, backoff.maxMs));
}

function plainDelayMs(backoff: BackoffPolicy, failedAttempts: number): number {
  if (backoff.baseMs === 0) return 0;
  switch (backoff.strategy) {
    case 'fixed':
      return backoff.baseMs;
    case 'polynomial':
      return backoff.baseMs * failedAttempts ** backoff.power;
    case 'exponential':
    // Grows past every number after some 1,000 attempts: Infinity is clamped, never stored.
    default:
      return backoff.baseMs * backoff.factor ** (failedAttempts - 1);
  }
}

/** A function of the user's may answer anything, or throw; a run must end all the same, by the default policy. */
function customDelayMs(backoff: BackoffFunction, failedAttempts: number, random: () => number): number {
  const answer = askForDelayMs(backoff, failedAttempts);
  if (answer === undefined) return retryDelayMs(DEFAULT_BACKOFF, failedAttempts, random);
  return Math.round(Math.min(answer, DEFAULT_BACKOFF.maxMs));
}

function askForDelayMs(backoff: BackoffFunction, failedAttempts: number): number | undefined {
  try {
    const answer: unknown = backoff(failedAttempts);
    return typeof answer === 'number' && answer >= 0 ? answer : undefined;
  } catch {
    return undefined;
  }
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
