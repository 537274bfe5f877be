import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Claim } from '../../lib/core/claim.js';
import { isFinal, JOB_STATUSES, TRANSITIONS, type JobStatus } from '../../lib/core/job-status.js';
import type { RunOutcome } from '../../lib/core/outcome.js';
import { DEFAULT_BACKOFF } from '../../lib/core/retry-policy.js';
import { settle, type Settlement } from '../../lib/core/settlement.js';
import { sampleClaim } from '../unit/core/sample-claim.js';

const BEGINNINGS: readonly JobStatus[] = ['scheduled', 'pending'];
const CHARGED: readonly RunOutcome['kind'][] = ['failed', 'timed-out', 'retry-after'];
const error = new Error('503');

const outcomes = fc.constantFrom<RunOutcome[]>(
  { kind: 'completed', result: null },
  { kind: 'failed', error },
  { kind: 'failed', error },
  { kind: 'timed-out', error },
  { kind: 'retry-after', delayMs: 5_000, error },
  { kind: 'snoozed', delayMs: 1_000 },
  { kind: 'released' },
  { kind: 'discarded', error },
);

/** The statuses that a job can come to from here. */
function reachableFrom(start: JobStatus): Set<JobStatus> {
  const reached = new Set<JobStatus>();
  const open = [start];
  for (let status = open.pop(); status !== undefined; status = open.pop()) {
    for (const next of Object.values(TRANSITIONS[status]).flat()) {
      if (!reached.has(next)) open.push(next);
      reached.add(next);
    }
  }
  return reached;
}

/** One run after the other, until the job has ended or the outcomes are used up. */
function live(maxRetries: number, ends: readonly RunOutcome[]): Settlement[] {
  const policy = { backoff: DEFAULT_BACKOFF, resultLimitBytes: 100 };
  const settlements: Settlement[] = [];
  let claim: Claim = sampleClaim({ run: 1, retryCount: 0, maxRetries });
  for (const outcome of ends) {
    const settlement = settle(claim, outcome, { startedAfterMs: 0, finishedAfterMs: 1 }, policy, () => 0.5);
    settlements.push(settlement);
    if (isFinal(settlement.status)) break;
    claim = { ...claim, run: claim.run + 1, retryCount: settlement.retryCount };
  }
  return settlements;
}

describe('the life of a job as a whole', () => {
  it.each(BEGINNINGS)('leads from %s to every status', (beginning) => {
    expect([...reachableFrom(beginning), beginning].sort()).toEqual(
      expect.arrayContaining([...JOB_STATUSES].sort()),
    );
  });

  it.each(JOB_STATUSES)('has a way from %s to an end, and nowhere a trap', (status) => {
    expect(isFinal(status) || [...reachableFrom(status)].some(isFinal)).toBe(true);
  });

  it('charges what failed and nothing else, in whatever order runs end', () => {
    fc.assert(
      fc.property(fc.nat({ max: 8 }), fc.array(outcomes, { maxLength: 40 }), (maxRetries, ends) => {
        const life = live(maxRetries, ends);
        const charged = life.filter(({ outcome }) => CHARGED.includes(outcome));
        const last = life.at(-1);
        if (last === undefined) return;
        expect(last.retryCount).toBe(Math.min(charged.length, maxRetries));
        expect(charged.length).toBeLessThanOrEqual(maxRetries + 1);
        const isExhausted = charged.length === maxRetries + 1;
        const isEnded = isExhausted || last.outcome === 'completed' || last.outcome === 'discarded';
        expect(isFinal(last.status)).toBe(isEnded);
      }),
    );
  });

  it('never lets a snooze or a release bring a job nearer to its end', () => {
    const free = fc.constantFrom<RunOutcome[]>({ kind: 'snoozed', delayMs: 0 }, { kind: 'released' });
    fc.assert(
      fc.property(
        fc.nat({ max: 3 }),
        fc.array(free, { minLength: 1, maxLength: 200 }),
        (maxRetries, ends) => {
          const life = live(maxRetries, ends);
          expect(life).toHaveLength(ends.length);
          expect(life.every(({ status, retryCount }) => status === 'pending' && retryCount === 0)).toBe(true);
        },
      ),
    );
  });
});
