import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { DiscardJob, RetryJob, SnoozeJob } from '../../../lib/core/outcome.js';
import { currentJob } from '../../../lib/worker/current-job.js';
import { runJob } from '../../../lib/testing/run-job.js';

describe('F114 runJob', () => {
  it('answers what the handler returned, reported and logged', async () => {
    const answer = await runJob(
      async (mail: { to: string }, job) => {
        await job.progress(50, 'half');
        job.log('attempt %s for %s', job.attempt, mail.to);
        return mail.to.length;
      },
      { to: 'a@b.example' },
      { attempt: 2 },
    );
    expect(answer).toEqual({
      outcome: 'completed',
      result: 11,
      error: undefined,
      delayMs: undefined,
      progress: [{ percent: 50, note: 'half' }],
      logs: ['attempt 2 for a@b.example'],
    });
  });

  const busy = new Error('busy');
  it.each([
    ['failed', new TypeError('x is not a function'), undefined],
    ['discarded', new DiscardJob('no such address'), undefined],
    ['snoozed', new SnoozeJob('30s'), 30_000],
    ['retry-after', new RetryJob('2m', busy), 120_000],
  ])('names what a throw means: %s', async (outcome, error, delayMs) => {
    const thrower = (): never => {
      throw error;
    };
    expect(await runJob(thrower, null)).toMatchObject({ outcome, error, delayMs, result: undefined });
    expect(await runJob(async () => thrower(), null)).toMatchObject({ outcome, error, delayMs });
  });

  it('keeps what was said before the throw', async () => {
    const answer = await runJob((_payload: null, job) => {
      job.log('so far');
      throw busy;
    }, null);
    expect(answer).toMatchObject({ outcome: 'failed', logs: ['so far'] });
  });

  it('is the current job below the handler, and its payload the one it was given', async () => {
    const deepBelow = async () => {
      await nextTurn();
      return [currentJob()?.type, currentJob()?.payload];
    };
    const { result } = await runJob(() => deepBelow(), { cents: 5 }, { type: 'invoice' });
    expect(result).toEqual(['invoice', { cents: 5 }]);
    expect(currentJob()).toBeUndefined();
  });

  it('hands the abort of a test on', async () => {
    const { outcome, error } = await runJob((_payload: null, job) => job.signal.throwIfAborted(), null, {
      signal: AbortSignal.abort(busy),
    });
    expect({ outcome, error }).toEqual({ outcome: 'failed', error: busy });
  });
});
