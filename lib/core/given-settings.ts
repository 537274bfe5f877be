import type { GivenErrorRule } from './error-rules.js';
import type { GivenBackoff } from './retry-policy.js';

/** What one level of options says about a job type; `undefined` where it says nothing. */
export interface GivenSettings {
  readonly queue?: string | undefined;
  readonly concurrency?: number | undefined;
  readonly maxRetries: number | undefined;
  readonly timeoutMs: number | undefined;
  readonly backoff: GivenBackoff | undefined;
  readonly errors: readonly GivenErrorRule[] | undefined;
}
