import type { Claim } from '../../../lib/core/claim.js';

/** A claim with every field filled; tests name the fields that they are about. */
export function sampleClaim(fields: Partial<Claim> = {}): Claim {
  return {
    id: '01890a5d-ac96-774b-bcce-b302099a8057',
    run: 1,
    workerId: '6f1c2f0e-5b1c-4b52-9d54-0c6a4d8f2a11',
    queue: 'shop',
    type: 'send_email',
    priority: 0,
    payload: '{}',
    retryCount: 0,
    maxRetries: 3,
    timeoutMs: 30_000,
    crashCount: 0,
    createdAtMs: Date.parse('2026-01-01T00:00:00Z'),
    scheduledAt: null,
    claimedAt: '2026-01-01 00:00:01+00',
    waitedMs: 12,
    deadlineInMs: null,
    context: null,
    parentId: null,
    errors: null,
    ...fields,
  };
}
