import { describe, expect, it } from 'vitest';
import { isName, isSchemaName } from '../../../lib/core/names.js';

describe('names of queues and job types', () => {
  it.each(['send_email', 'kyu:default', 'A', '0', 'tenant.42-mail', 'x'.repeat(128)])('takes %s', (name) => {
    expect(isName(name)).toBe(true);
  });

  it.each([
    '',
    ' ',
    'send email',
    '_x',
    '-x',
    '.x',
    ':x',
    'x'.repeat(129),
    'a{b}',
    'a\n',
    'a\u0000',
    'é',
    'a/b',
    'a*',
    '🙂',
    undefined,
    null,
    5,
    {},
    ['a'],
    Symbol('a'),
  ])('refuses %o', (name) => {
    expect(isName(name)).toBe(false);
  });
});

describe('names of schemas', () => {
  it.each(['kyu', '_kyu', 'kyu_2', 'x'.repeat(32)])('takes %s', (name) => {
    expect(isSchemaName(name)).toBe(true);
  });

  it.each(['', 'Kyu', '2kyu', 'kyu-2', 'kyu"', 'pg_kyu', 'x'.repeat(64), 'kyu\n', undefined, 5])(
    'refuses %o',
    (name) => {
      expect(isSchemaName(name)).toBe(false);
    },
  );
});
