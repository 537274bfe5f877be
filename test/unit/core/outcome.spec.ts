import { describe, expect, it } from 'vitest';
import { DiscardJob, outcomeOfThrown, RetryJob, SnoozeJob } from '../../../lib/core/outcome.js';

describe('what a handler throws', () => {
  it('F41 discards the job', () => {
    const thrown = new DiscardJob('no such address');
    expect(outcomeOfThrown(thrown)).toEqual({ kind: 'discarded', error: thrown });
    expect(thrown).toMatchObject({ name: 'DiscardJob', message: 'no such address' });
  });

  it('F41 discards the job, too, when an error around the word names it as its cause', () => {
    const word = new DiscardJob('no such address');
    const wrapped = new Error('sending failed', { cause: new TypeError('in the client', { cause: word }) });
    expect(outcomeOfThrown(wrapped)).toEqual({ kind: 'discarded', error: wrapped });
  });

  it('is a failure when its causes go round in circles, or cannot be read', () => {
    const circle = new Error('circle');
    circle.cause = circle;
    const hostile = Object.defineProperty(new Error('hostile'), 'cause', {
      get: () => {
        throw new Error('not even this');
      },
    });
    for (const error of [circle, hostile]) expect(outcomeOfThrown(error)).toEqual({ kind: 'failed', error });
  });

  it('F42 snoozes the job', () => {
    expect(outcomeOfThrown(new SnoozeJob('30s'))).toEqual({ kind: 'snoozed', delayMs: 30_000 });
    expect(outcomeOfThrown(new SnoozeJob(0))).toEqual({ kind: 'snoozed', delayMs: 0 });
  });

  it('F43 asks for a retry, with the error that led to it', () => {
    const cause = new Error('throttled');
    const thrown = new RetryJob('2m', cause);
    expect(outcomeOfThrown(thrown)).toEqual({ kind: 'retry-after', delayMs: 120_000, error: thrown });
    expect(thrown).toMatchObject({ message: 'throttled', cause });
    expect(new RetryJob(5).message).toBe('retry asked for in 5');
    expect(new RetryJob(5, 'busy').message).toBe('busy');
  });

  it.each([-1, '-5s', 'soon', Number.NaN, undefined as unknown as string])(
    'may not be a delay of %s',
    (delay) => {
      expect(() => new SnoozeJob(delay)).toThrow(RangeError);
      expect(() => new RetryJob(delay)).toThrow(RangeError);
    },
  );

  it.each([new Error('x'), 'text', undefined, null, 0, { kind: 'completed' }])(
    'is a failure when it is %o',
    (error) => {
      expect(outcomeOfThrown(error)).toEqual({ kind: 'failed', error });
    },
  );
});
