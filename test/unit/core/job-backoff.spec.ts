import { describe, expect, it } from 'vitest';
import { InvalidJobError } from '../../../lib/core/errors.js';
import { backoffOf, encodeJobBackoff } from '../../../lib/core/job-backoff.js';
import { BACKOFF_PRESETS, DEFAULT_BACKOFF } from '../../../lib/core/retry-policy.js';
import { settle } from '../../../lib/core/settlement.js';
import { sampleClaim } from './sample-claim.js';

describe('a backoff of one job', () => {
  it('F40 goes over that of its type, field by field', () => {
    const backoff = encodeJobBackoff({ strategy: 'fixed', base: '5s' });
    expect(backoffOf({ backoff }, BACKOFF_PRESETS.pgqueue)).toEqual({
      ...BACKOFF_PRESETS.pgqueue,
      strategy: 'fixed',
      baseMs: 5_000,
    });
    expect(backoffOf({ backoff }, () => 1)).toEqual({ ...DEFAULT_BACKOFF, strategy: 'fixed', baseMs: 5_000 });
  });

  it('may be a preset, and is none when nothing is said', () => {
    expect(backoffOf({ backoff: encodeJobBackoff('asynqpg') }, DEFAULT_BACKOFF)).toEqual(
      BACKOFF_PRESETS.asynqpg,
    );
    expect(encodeJobBackoff(undefined)).toBeNull();
    expect(backoffOf({ backoff: null }, DEFAULT_BACKOFF)).toBe(DEFAULT_BACKOFF);
  });

  it('decides when the job runs again', () => {
    const claim = sampleClaim({ backoff: encodeJobBackoff({ strategy: 'fixed', base: '7s', jitter: 0 }) });
    const policy = { backoff: DEFAULT_BACKOFF, resultLimitBytes: 1_000 };
    const times = { startedAfterMs: 0, finishedAfterMs: 1 };
    const settlement = settle(claim, { kind: 'failed', error: new Error('no') }, times, policy, () => 0.5);
    expect(settlement).toMatchObject({ status: 'failed', delayMs: 7_000 });
  });

  it('keeps its own bound where the other one comes from its type', () => {
    const backoff = encodeJobBackoff({ max: '10ms' });
    expect(backoffOf({ backoff }, BACKOFF_PRESETS.asynqpg)).toMatchObject({ minMs: 10, maxMs: 10 });
  });

  it.each([{ base: -1 }, { strategy: 'linear' }, { bse: '1s' }, 'kyuu', 5, () => 1])(
    'is refused: %s',
    (backoff) => {
      expect(() => encodeJobBackoff(backoff as never)).toThrow(InvalidJobError);
    },
  );
});
