import type { Claim } from '../../../lib/core/claim.js';
import type { Settlement } from '../../../lib/core/settlement.js';

export const WORKER_ID = '0190b6ae-5d9d-7000-8000-00000000aaaa';
export const JOB_ID = '0190b6ae-5d9d-7000-8000-000000000001';

export function claim(given: Partial<Claim> = {}): Claim {
  return {
    id: JOB_ID,
    run: 1,
    workerId: WORKER_ID,
    queue: 'shop',
    type: 'send_email',
    priority: 0,
    payload: '{"to":"somebody@example.com"}',
    retryCount: 0,
    maxRetries: 3,
    timeoutMs: 30_000,
    crashCount: 0,
    createdAtMs: Date.parse('2026-11-22T04:00:00Z'),
    scheduledAt: null,
    claimedAt: '2026-11-22T04:00:01Z',
    waitedMs: 0,
    deadlineInMs: null,
    context: null,
    parentId: null,
    errors: null,
    ...given,
  };
}

/** A run that completed, unless the test says otherwise. */
export function settlement(given: Partial<Settlement> = {}): Settlement {
  return {
    claim: claim(),
    outcome: 'completed',
    status: 'completed',
    retryCount: 0,
    delayMs: 0,
    result: null,
    error: null,
    startedAfterMs: 0,
    finishedAfterMs: 0,
    ...given,
  };
}

/** Some runs of each kind that there is. */
export const EVERY_END: Readonly<Record<string, Partial<Settlement>>> = {
  completed: { outcome: 'completed', status: 'completed' },
  failed: { outcome: 'failed', status: 'failed', retryCount: 1, delayMs: 2_000, error: record('it broke') },
  timedOut: {
    outcome: 'timed-out',
    status: 'failed',
    retryCount: 1,
    delayMs: 2_000,
    error: record('too slow'),
  },
  exhausted: { outcome: 'failed', status: 'dead', error: record('it broke for good') },
  discarded: { outcome: 'discarded', status: 'dead', error: record('no such address') },
  cancelled: { outcome: 'failed', status: 'cancelled' },
  snoozed: { outcome: 'snoozed', status: 'scheduled', delayMs: 30_000 },
  snoozedToNow: { outcome: 'snoozed', status: 'pending' },
  released: { outcome: 'released', status: 'pending' },
};

function record(message: string): Settlement['error'] {
  return { message, stack: `Error: ${message}\n    at Mailer.send (mailer.ts:7:3)` };
}
