import { describe, expect, it } from 'vitest';
import { ruleFor, type ErrorRule } from '../../../lib/core/error-rules.js';
import { resolveHandlerSettings } from '../../../lib/core/handler-settings.js';
import type { HandlerOptions, KyuOptions } from '../../../lib/core/options.js';
import { resolveOptions } from '../../../lib/core/resolve-options.js';
import { BACKOFF_PRESETS } from '../../../lib/core/retry-policy.js';
import { settle, type Settlement } from '../../../lib/core/settlement.js';
import { sampleClaim } from './sample-claim.js';

class HttpError extends Error {}
class NotFound extends HttpError {
  override readonly name = 'NotFound404';
}

const TIMES = { startedAfterMs: 0, finishedAfterMs: 1 };
const middle = (): number => 0.5;

function rule(error: ErrorRule['error'], changes: Partial<ErrorRule> = {}): ErrorRule {
  return { error, discard: false, maxRetries: undefined, backoff: undefined, ...changes };
}

describe('the rule for an error', () => {
  const byClass = rule(HttpError);
  const byName = rule('NotFound404');

  it.each([
    ['a class', [byClass], new HttpError(), byClass],
    ['the class it extends', [byClass], new NotFound(), byClass],
    ['its name', [byName], new NotFound(), byName],
    ['the name of its class', [rule('NotFound')], new NotFound(), rule('NotFound')],
    ['the name of the class it extends', [rule('HttpError')], new NotFound(), rule('HttpError')],
    [
      'a cause',
      [byClass],
      new Error('wrapped', { cause: new Error('twice', { cause: new HttpError() }) }),
      byClass,
    ],
    ['the first that fits', [byName, byClass], new NotFound(), byName],
    ['nothing where none fits', [byName], new HttpError(), undefined],
    ['nothing of text', [byClass], 'not an error', undefined],
  ])('F36 goes by %s', (_what, rules, thrown, expected) => {
    expect(ruleFor(rules, thrown)).toEqual(expected);
  });

  it('F36 is none for an error that cannot be looked at, and for a ring of causes', () => {
    const hostile = Object.defineProperty({}, 'name', { get: () => expect.fail('looked at') });
    expect(ruleFor([rule('Gone')], hostile)).toBeUndefined();
    const ring = new Error('ring');
    ring.cause = ring;
    expect(ruleFor([rule('Gone')], ring)).toBeUndefined();
  });
});

describe('a failure under rules', () => {
  const kyu = BACKOFF_PRESETS.kyu;

  function settledBy(rules: readonly ErrorRule[], thrown: unknown, claim = {}): Settlement {
    const outcome = { kind: 'failed', error: thrown } as const;
    const policy = { backoff: kyu, errors: rules, resultLimitBytes: 9 };
    return settle(sampleClaim({ retryCount: 1, maxRetries: 5, ...claim }), outcome, TIMES, policy, middle);
  }

  it('F39 F40 takes the backoff of its rule', () => {
    const fixed = { ...kyu, strategy: 'fixed', baseMs: 7_000 } as const;
    expect(settledBy([rule(HttpError, { backoff: fixed })], new HttpError())).toMatchObject({
      delayMs: 7_000,
    });
    expect(settledBy([rule(HttpError, { backoff: fixed })], new Error())).toMatchObject({ delayMs: 2_000 });
    expect(settledBy([rule(HttpError, { backoff: (failed) => failed * 10 })], new HttpError()).delayMs).toBe(
      20,
    );
  });

  it('F36 has no more retries than its rule gives, and never more than the job has', () => {
    expect(settledBy([rule(HttpError, { maxRetries: 1 })], new HttpError()).status).toBe('dead');
    expect(settledBy([rule(HttpError, { maxRetries: 2 })], new HttpError()).status).toBe('failed');
    expect(settledBy([rule(HttpError, { maxRetries: 9 })], new HttpError(), { retryCount: 5 }).status).toBe(
      'dead',
    );
  });

  it('F36 is final where its rule says so', () => {
    const settlement = settledBy([rule(NotFound, { discard: true })], new NotFound('no such order'));
    expect(settlement).toMatchObject({
      status: 'dead',
      outcome: 'discarded',
      error: { message: 'NotFound404: no such order' },
    });
  });

  it('F36 follows the rules after a timeout as well, and not after RetryJob', () => {
    const policy = { backoff: kyu, errors: [rule('Error', { discard: true })], resultLimitBytes: 9 };
    const late = settle(
      sampleClaim(),
      { kind: 'timed-out', error: new Error('late') },
      TIMES,
      policy,
      middle,
    );
    expect(late.status).toBe('dead');
    const told = { kind: 'retry-after', delayMs: 5, error: new Error('busy') } as const;
    const retried = settle(sampleClaim({ maxRetries: 3 }), told, TIMES, policy, middle);
    expect(retried).toMatchObject({ status: 'failed', delayMs: 5 });
  });
});

describe('the settings of a job type', () => {
  const QUEUES: KyuOptions['queues'] = {
    shop: 6,
    reports: { weight: 2, defaults: { maxRetries: 9, timeout: '10m', backoff: 'asynqpg' } },
  };

  function settingsOf(decorator: HandlerOptions, options: KyuOptions = {}, inQueue?: string) {
    return resolveHandlerSettings(
      resolveOptions({ queues: QUEUES, ...options }),
      'report',
      decorator,
      [],
      inQueue,
    );
  }

  it('F36 come from its queue where neither the type nor the options say anything', () => {
    const settings = settingsOf({ queue: 'reports' });
    expect(settings).toMatchObject({ maxRetries: 9, timeoutMs: 600_000, backoff: BACKOFF_PRESETS.asynqpg });
    expect(settingsOf({ queue: 'shop' })).toMatchObject({ maxRetries: 3, timeoutMs: 30_000 });
  });

  it('F36 F38 the type wins over its queue, field by field, and the options win over the type', () => {
    const decorator: HandlerOptions = { queue: 'reports', maxRetries: 1, backoff: { jitter: 0 } };
    expect(settingsOf(decorator)).toMatchObject({
      maxRetries: 1,
      timeoutMs: 600_000,
      backoff: { ...BACKOFF_PRESETS.asynqpg, jitter: 0 },
    });
    expect(settingsOf(decorator, { handlers: { report: { timeout: '1s' } } }).timeoutMs).toBe(1_000);
    expect(settingsOf({}, { handlers: { 'rep*': { timeout: '2s' } } }).timeoutMs).toBe(2_000);
  });

  it('F36 of a job that was put into another queue are those of that queue, as far as its type says nothing', () => {
    expect(settingsOf({ maxRetries: 1 }, {}, 'reports')).toMatchObject({
      queue: 'reports',
      maxRetries: 1,
      timeoutMs: 600_000,
    });
  });

  it('F40 the rules of a type are asked before those of its queue and those of the app; their backoff is laid over its own', () => {
    const settings = settingsOf(
      { queue: 'mail', backoff: 'pgqueue', errors: [{ error: NotFound, discard: true }] },
      {
        queues: { mail: { defaults: { errors: [{ error: HttpError, backoff: { base: '9s' } }] } } },
        defaults: { errors: [{ error: 'Error', maxRetries: 0 }] },
      },
    );
    expect(settings.errors).toEqual([
      rule(NotFound, { discard: true }),
      rule(HttpError, { backoff: { ...BACKOFF_PRESETS.pgqueue, baseMs: 9_000 } }),
      rule('Error', { maxRetries: 0 }),
    ]);
  });

  it('F36 a mistake in a rule is named with its place', () => {
    const errors = [
      { error: '', discards: true },
      { error: 7, backoff: 'kyuu' },
    ] as unknown as HandlerOptions['errors'];
    expect(() => settingsOf({ errors })).toThrow(
      /errors\[0\]\.discards[\s\S]*did you mean "discard"[\s\S]*errors\[0\]\.error[\s\S]*errors\[1\]\.error: got 7[\s\S]*did you mean "kyu"/,
    );
    expect(() => settingsOf({ errors: {} as [] })).toThrow(/errors: got .* allowed: a list of rules/);
  });

  it('F36 a mistake in the defaults of a queue is named with its place', () => {
    const queues = {
      reports: { wieght: 2, defaults: { maxRetries: -1 } },
    } as unknown as KyuOptions['queues'];
    expect(() => resolveOptions({ queues })).toThrow(
      /queues\.reports\.wieght[\s\S]*did you mean "weight"[\s\S]*queues\.reports\.defaults\.maxRetries: got -1/,
    );
  });
});
