import type { Settlement } from '../core/settlement.js';

/** Every value that the label `error_type` can have. */
export const ERROR_TYPES = ['handler_error', 'timeout', 'discarded', 'retry_after'] as const;
export type ErrorType = (typeof ERROR_TYPES)[number];

/** By what kind of error a run ended; nothing when it ended without one. The class of the error says too much: it is made by users. */
export function errorTypeOf({ error, outcome, status }: Settlement): ErrorType | undefined {
  // Whoever cancels a job gets what he asked for.
  if (error === null || status === 'cancelled') return undefined;
  switch (outcome) {
    case 'timed-out':
      return 'timeout';
    case 'discarded':
      return 'discarded';
    case 'retry-after':
      return 'retry_after';
    default:
      return 'handler_error';
  }
}
