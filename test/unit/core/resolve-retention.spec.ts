import { describe, expect, it } from 'vitest';
import { KyuConfigError } from '../../../lib/core/errors.js';
import { resolveOptions } from '../../../lib/core/resolve-options.js';
import type { RetentionOptions } from '../../../lib/core/retention-options.js';

const DAY_MS = 86_400_000;

const resolve = (retention?: RetentionOptions) => resolveOptions({ retention }).retention;

function problemsOf(retention: unknown): string[] {
  try {
    resolveOptions({ retention: retention as RetentionOptions });
  } catch (error) {
    if (!(error instanceof KyuConfigError)) throw error;
    return error.problems.map(({ field, allowed }) => `${field}: ${allowed}`);
  }
  return [];
}

describe('retention', () => {
  it.each([undefined, {}, { types: {} }, { completed: 'keep' as const }])(
    'F69 keeps everything for ever with %j',
    (retention) => {
      expect(resolve(retention)).toEqual({ rules: [], batchSize: 1_000, everyMs: 60_000 });
    },
  );

  it('is a time, after which jobs are deleted, or a rule', () => {
    const { rules } = resolve({ completed: '7d', dead: { keepFor: '90d', then: 'archive' } });
    expect(rules).toEqual([
      { status: 'completed', keepForMs: 7 * DAY_MS, action: 'delete', onlyTypes: null, exceptTypes: [] },
      { status: 'dead', keepForMs: 90 * DAY_MS, action: 'archive', onlyTypes: null, exceptTypes: [] },
    ]);
    expect(resolve({ cancelled: { keepFor: 5_000 } }).rules).toMatchObject([
      { status: 'cancelled', keepForMs: 5_000, action: 'delete' },
    ]);
  });

  it('F69 gives a job type a rule of its own, status by status', () => {
    const { rules } = resolve({
      completed: '7d',
      dead: '90d',
      types: { send_email: { completed: '1d' }, take_payment: { completed: 'keep', cancelled: '30d' } },
    });
    expect(
      rules.map(({ status, keepForMs, onlyTypes, exceptTypes }) => [
        status,
        keepForMs / DAY_MS,
        onlyTypes,
        exceptTypes,
      ]),
    ).toEqual([
      ['completed', 7, null, ['send_email', 'take_payment']],
      ['dead', 90, null, []],
      ['completed', 1, ['send_email'], []],
      ['cancelled', 30, ['take_payment'], []],
    ]);
  });

  it('takes the size of its batches and its period', () => {
    expect(resolve({ batchSize: 50, every: '10s' })).toMatchObject({ batchSize: 50, everyMs: 10_000 });
  });

  it('names every mistake', () => {
    expect(
      problemsOf({
        complete: '7d',
        completed: '0s',
        dead: { keepFor: 'a week', then: 'burn' },
        cancelled: true,
        batchSize: 0,
        types: { send_email: { completed: { then: 'archive' } }, 'no type': {}, other: { running: '1d' } },
      }),
    ).toEqual([
      expect.stringMatching(/^retention\.complete: completed, dead, cancelled, types, batchSize, every$/),
      expect.stringMatching(/^retention\.completed: a duration from 1s to/),
      expect.stringMatching(/^retention\.dead\.keepFor: a duration/),
      expect.stringMatching(/^retention\.dead\.then: 'delete' or 'archive'$/),
      expect.stringMatching(/^retention\.cancelled: a duration .*, 'keep', or \{ keepFor, then \}$/),
      expect.stringMatching(/^retention\.types\.send_email\.completed\.keepFor: a duration/),
      expect.stringMatching(/^retention\.types\.\["no type"\]: /),
      expect.stringMatching(/^retention\.types\.other\.running: completed, dead, cancelled$/),
      expect.stringMatching(/^retention\.batchSize: a whole number from 1 to 10000$/),
    ]);
    expect(problemsOf('7d')).toEqual([expect.stringMatching(/^retention: an object/)]);
  });
});
