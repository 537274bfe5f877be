import { describe, expect, it } from 'vitest';
import { KyuConfigError } from '../../../lib/core/errors.js';
import { resolveHandlerSettings } from '../../../lib/core/handler-settings.js';
import type { HandlerOptions, KyuOptions } from '../../../lib/core/options.js';
import { resolveOptions } from '../../../lib/core/resolve-options.js';
import { DEFAULT_BACKOFF } from '../../../lib/core/retry-policy.js';

function settingsOf(options: KyuOptions, decorator: HandlerOptions) {
  return resolveHandlerSettings(resolveOptions(options), 'send_email', decorator);
}

function errorOf(decorator: unknown, type = 'send_email', options: KyuOptions = {}): KyuConfigError {
  try {
    resolveHandlerSettings(resolveOptions(options), type, decorator as HandlerOptions);
  } catch (error) {
    if (error instanceof KyuConfigError) return error;
    throw error;
  }
  throw new Error('the settings were accepted');
}

describe('resolveHandlerSettings', () => {
  it('answers the defaults of the instance where nobody says otherwise', () => {
    expect(
      settingsOf({ workers: 7, queueName: 'shop', defaults: { maxRetries: 9, timeout: '1m' } }, {}),
    ).toEqual({
      queue: 'shop',
      concurrency: 7,
      maxRetries: 9,
      timeoutMs: 60_000,
      backoff: DEFAULT_BACKOFF,
    });
  });

  it('F11 prefers the decorator to the defaults, and the options of the type to both', () => {
    const defaults = { maxRetries: 1, timeout: '1s' };
    const decorator = { maxRetries: 2, timeout: '2s', concurrency: 2, queue: 'mail' };
    const handlers = { send_email: { maxRetries: 3, concurrency: 3 }, other: { timeout: '9s' } };
    expect(settingsOf({ defaults }, decorator)).toMatchObject({
      maxRetries: 2,
      timeoutMs: 2_000,
      concurrency: 2,
      queue: 'mail',
    });
    expect(settingsOf({ defaults, handlers }, decorator)).toMatchObject({
      maxRetries: 3,
      timeoutMs: 2_000,
      concurrency: 3,
      queue: 'mail',
    });
  });

  it('lets zero override', () => {
    const handlers = { send_email: { maxRetries: 0, timeout: 0 } };
    expect(settingsOf({ handlers }, { maxRetries: 5, timeout: '5s' })).toMatchObject({
      maxRetries: 0,
      timeoutMs: 0,
    });
  });

  it('knows maxAttempts on every level', () => {
    expect(settingsOf({}, { maxAttempts: 1 }).maxRetries).toBe(0);
    expect(settingsOf({ handlers: { send_email: { maxAttempts: 6 } } }, { maxRetries: 1 }).maxRetries).toBe(
      5,
    );
  });

  it('merges backoffs field by field', () => {
    const options: KyuOptions = {
      defaults: { backoff: { jitter: 0.5, max: '1h' } },
      handlers: { send_email: { backoff: { max: '2h' } } },
    };
    expect(settingsOf(options, { backoff: { strategy: 'fixed', base: '5s' } }).backoff).toEqual({
      ...DEFAULT_BACKOFF,
      strategy: 'fixed',
      baseMs: 5_000,
      jitter: 0.5,
      maxMs: 7_200_000,
    });
  });

  it('takes a function as a whole, and fields over a function from the default policy', () => {
    const backoff = (): number => 1;
    expect(settingsOf({ defaults: { backoff: { jitter: 0 } } }, { backoff }).backoff).toBe(backoff);
    expect(settingsOf({ defaults: { backoff } }, { backoff: { jitter: 0 } }).backoff).toEqual({
      ...DEFAULT_BACKOFF,
      jitter: 0,
    });
  });

  it('names the handler and every problem with it', () => {
    const error = errorOf({ concurrency: 0, timout: '5s', queue: '{mail}', maxRetries: 2, maxAttempts: 2 });
    expect(error.message).toContain('@JobHandler("send_email") cannot be used');
    expect(error.problems.map((problem) => problem.field).sort()).toEqual([
      'concurrency',
      'maxAttempts',
      'queue',
      'timout',
    ]);
    expect(error.problems.find((problem) => problem.field === 'timout')?.suggestion).toBe('timeout');
  });

  it.each(['', 'send email', 'a{b}', '\u001b[2J', 'x'.repeat(200)])('refuses %j as a name', (type) => {
    const error = errorOf({}, type);
    expect(error.problems.map((problem) => problem.field)).toEqual(['name']);
    expect(error.message.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
  });

  it.each([null, 5, 'mail', []])('refuses %j in place of options', (decorator) => {
    expect(errorOf(decorator).problems).toMatchObject([{ field: 'options', allowed: 'an object' }]);
  });

  it('finds bounds of a backoff that cross over two levels', () => {
    const options = { handlers: { send_email: { backoff: { min: '2h' } } } };
    expect(errorOf({ backoff: { max: '1h' } }, 'send_email', options).problems).toEqual([
      { field: 'backoff.min', value: '2h', allowed: 'at most backoff.max, which is 1h' },
    ]);
  });

  it('leaves keys that others read alone', () => {
    const decorator = { instance: 'reports', concurrency: 2 } as HandlerOptions;
    const settings = resolveHandlerSettings(resolveOptions({}), 'send_email', decorator, ['instance']);
    expect(settings.concurrency).toBe(2);
  });
});
