import type { JobEventName, JobEvents } from '../job-events.js';

/** One event as a notifier hears of it: without the payload, and its error text is cut and free of secrets. */
export type JobNotice = {
  [Name in JobEventName]: JobEvents[Name] & {
    readonly event: Name;
    /** The Kyu instance that it happened in. */
    readonly instance: string;
  };
}[JobEventName];

/** What is to be delivered. */
export interface Notification {
  readonly text: string;
  /** The event that the text is about; absent where the text sums several up. */
  readonly notice?: JobNotice;
}

/** What every notifier can be told. */
export interface NotifierOptions {
  /** Events to tell of. Default `['dead', 'stalled']`. */
  on?: readonly JobEventName[];
  /** Only of these job types. Default: of all. */
  types?: readonly string[];
  /** The text. Default: one line with event, type, queue, attempt, error and job id. */
  format?: (notice: JobNotice) => string;
  /** Notifications within a minute; what is beyond is summed up in one. Default 20. */
  perMinute?: number;
}

/**
 * Tells people of events about jobs: `slack()`, `discord()`, `telegram()`, `webhook()`, or one of your own.
 * @example
 * const pager: KyuNotifier = {
 *   name: 'pager',
 *   on: ['dead'],
 *   deliver: async ({ text }, signal) => await page(text, { signal }),
 * };
 */
export interface KyuNotifier extends Readonly<NotifierOptions> {
  /** For log lines; never a secret. */
  readonly name: string;
  /**
   * Resolves when it is delivered. What it throws is tried again, up to three times in all; a `DeliveryFailure` says
   * when, or that it is of no use.
   */
  deliver(notification: Notification, signal: AbortSignal): Promise<void>;
}

/** Thrown by a notifier that could not deliver. */
export class DeliveryFailure extends Error {
  override readonly name = 'DeliveryFailure';
  /** Not to be tried again before this many ms; `undefined` = after the usual wait. */
  readonly retryAfterMs: number | undefined;
  /** Another try would come to the same. */
  readonly isFinal: boolean;

  /** @param message what happened, without a secret */
  constructor(message: string, { retryAfterMs, isFinal = false }: DeliveryFailureDetails = {}) {
    super(message);
    this.retryAfterMs = retryAfterMs;
    this.isFinal = isFinal;
  }
}

/** What a `DeliveryFailure` says besides. */
export interface DeliveryFailureDetails {
  readonly retryAfterMs?: number | undefined;
  readonly isFinal?: boolean;
}
