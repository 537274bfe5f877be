import type { StatementTemplate } from '../statement.js';

/**
 * Tells listening workers that a queue has work.
 * Called by: the notify wake-up, for a tenth of the time at most: NOTIFY takes an instance-wide lock at commit.
 * Guards: nothing; a signal is only a hint. Run twice: the workers look twice.
 * $1 channel, $2 queue.
 */
export const sendWakeUp: StatementTemplate = {
  name: 'send-wake-up',
  text: () => 'select pg_notify($1, $2)',
};
