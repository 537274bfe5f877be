import { KyuError } from '../core/errors.js';
import { redactUrl } from '../core/redact.js';

/**
 * Redis did not do what it was asked to. It carries words alone: the errors of ioredis hold the command with its
 * arguments, and those of a failed AUTH are the password.
 */
export class RedisUnavailableError extends KyuError {
  /** What happened, without the remedy; for a sentence of somebody else's. */
  readonly what: string;

  constructor(address: string, reason: string) {
    const what = `Redis at ${address} cannot be used: ${reason}.`;
    super('KYU_REDIS_UNAVAILABLE', what, {
      remedy: 'No job is lost: PostgreSQL dispatches meanwhile, and Kyu returns to Redis by itself.',
    });
    this.what = what;
  }
}

/** The words of an error of ioredis or of the socket below it. */
export function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  if (!(error instanceof Error)) return redactUrl(String(error));
  if (error.message !== '') return redactUrl(error.message);
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
