import { describe, expect, it } from 'vitest';
import type { ConfigProblem } from '../../../lib/core/errors.js';
import type { KyuNotifier } from '../../../lib/core/ports/notifier.js';
import type { KyuTelemetry } from '../../../lib/core/ports/telemetry.js';
import { resolveWatching, type WatchingGiven } from '../../../lib/core/resolve-watching.js';
import { resolveModuleOptions } from '../../../lib/kyu.options.js';

const deliver = () => Promise.resolve();
const notifier: KyuNotifier = { name: 'pager', on: ['dead'], deliver };
const carry = () => ({ tenant: '42' });
const telemetry: KyuTelemetry = {
  listenTo: () => () => {},
  enqueue: (_call, work) => work(),
  carry: () => undefined,
  startRun: () => ({ call: (work) => work(), end: () => {} }),
  operate: (_verb, _jobId, work) => work(),
};

function problemsOf(given: WatchingGiven): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  resolveWatching(problems, given);
  return problems;
}

describe('the options about watching', () => {
  it('are nobody and nothing by default', () => {
    const nothing = { notifiers: [], carry: undefined, telemetry: undefined };
    expect(resolveWatching([], {})).toEqual(nothing);
    expect(resolveModuleOptions({})).toMatchObject(nothing);
  });

  it('are taken as they are given', () => {
    const given = { notifiers: [notifier], carry, telemetry };
    expect(resolveWatching([], given)).toEqual(given);
    expect(resolveModuleOptions(given)).toMatchObject(given);
  });

  it.each([
    ['carry', [null, {}, 'tenant']],
    ['telemetry', [null, {}, { ...telemetry, carry: 5 }, () => {}]],
    ['notifiers', [null, {}, notifier, 'slack']],
  ])('are refused when %s cannot be used', (field, values) => {
    for (const value of values) expect(problemsOf({ [field]: value })).toMatchObject([{ field }]);
  });

  it('are refused together with every other option', () => {
    const options = { workers: 0, carry: 'tenant', notifiers: [{}] } as never;
    expect(() => resolveModuleOptions(options)).toThrow(/workers: [\s\S]*notifiers\[0\]: [\s\S]*carry: /);
  });

  it('F100 names what is wrong with a notifier', () => {
    const problems = problemsOf({
      notifiers: [
        { name: 'pager' },
        { name: 'pager', deliver, on: ['daed'] },
        { name: 'pager', deliver, on: 'dead', types: 'x', format: 'y', perMinute: 0 },
      ],
    });
    expect(problems.map(({ field }) => field)).toEqual([
      'notifiers[0]',
      'notifiers[1].on',
      'notifiers[2].on',
      'notifiers[2].types',
      'notifiers[2].format',
      'notifiers[2].perMinute',
    ]);
    expect(problems[1]).toMatchObject({ value: '"daed"', suggestion: 'dead' });
  });
});
