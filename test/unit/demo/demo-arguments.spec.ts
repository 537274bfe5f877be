import { resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ArgumentMistake, HELP, readArguments } from '../../../sample/000-quick-start/demo/demo-arguments.js';

beforeEach(() => {
  vi.stubEnv('PORT', '');
  vi.stubEnv('npm_lifecycle_event', '');
});

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('the command line of the demo', () => {
  it('is empty most of the time', () => {
    expect(readArguments([])).toMatchObject({
      help: false,
      serve: false,
      chaos: false,
      noRedis: false,
      folder: undefined,
      port: undefined,
    });
  });

  it('reads every option, and the help names them all', () => {
    const given = ['--serve', '--chaos', '--no-redis', '--folder', '/tmp/run', '/tmp/orders.csv'];

    expect(readArguments(given)).toEqual({
      help: false,
      serve: true,
      chaos: true,
      noRedis: true,
      folder: '/tmp/run',
      ordersPath: '/tmp/orders.csv',
      port: undefined,
    });
    for (const option of given.filter((word) => word.startsWith('--'))) expect(HELP).toContain(option);
    expect(readArguments(['--help']).help).toBe(true);
  });

  it('finds a file where the command was typed, although npm changes the folder', () => {
    expect(readArguments(['orders.csv']).ordersPath).toBe(resolve('orders.csv'));
    vi.stubEnv('npm_lifecycle_event', 'demo');
    vi.stubEnv('INIT_CWD', '/somewhere/else');
    expect(readArguments(['orders.csv']).ordersPath).toBe('/somewhere/else/orders.csv');
  });

  it.each([
    [['--cahos'], "Unknown option '--cahos'."],
    [['--folder'], "Option '--folder <value>' argument missing."],
    [['one.csv', 'two.csv'], 'One file of orders at a time, not one.csv, two.csv.'],
  ])('refuses %s', (given, complaint) => {
    expect(() => readArguments(given)).toThrow(new ArgumentMistake(complaint));
  });

  it('takes the port from the environment, when it is one', () => {
    vi.stubEnv('PORT', '3000');
    expect(readArguments([]).port).toBe(3_000);
    for (const port of ['0', 'abc', '70000', '3.5']) {
      vi.stubEnv('PORT', port);
      expect(() => readArguments([])).toThrow(`PORT is "${port}"`);
    }
  });
});
