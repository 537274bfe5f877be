import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  describeConnectionString,
  describeValue,
  escapeInvisible,
  redactSecrets,
  redactUrl,
} from '../../../lib/core/redact.js';

describe('redactUrl', () => {
  it.each([
    ['postgres://user:secret@host', 'postgres://user:***@host'],
    [
      'postgresql://user:secret@host:5432/db?sslmode=require',
      'postgresql://user:***@host:5432/db?sslmode=require',
    ],
    ['redis://:secret@host', 'redis://:***@host'],
    ['rediss://default:secret@host:6380/1', 'rediss://default:***@host:6380/1'],
    ['at redis://:secret@a:1 and redis://:secret@b:2', 'at redis://:***@a:1 and redis://:***@b:2'],
    ['postgres://user:sec@ret@host', 'postgres://user:***@host'],
    ['postgres://user:sec/ret?#@host/db', 'postgres://user:***@host/db'],
    ['postgres://user:sec:ret@host', 'postgres://user:***@host'],
    ['postgres://user:sec ret@host', 'postgres://user:***@host'],
    ['postgres://user@corp:secret@host', 'postgres://user@corp:***@host'],
    ['postgres://user:1234@host', 'postgres://user:***@host'],
    ['postgres://user:1234/secret@host', 'postgres://user:***@host'],
    ['postgres://user:secret', 'postgres://user:***'],
    ['postgres://user:secret@[::1]:5432/db', 'postgres://user:***@[::1]:5432/db'],
    ['https://user:secret@api.example/a?b=c@d', 'https://user:***@api.example/a?b=c@d'],
    ['first\nredis://:secret@h\nlast', 'first\nredis://:***@h\nlast'],
    ['host=db password=secret user=app', 'host=db password=*** user=app'],
    ["host=db password='se cret\\' t' user=app", 'host=db password=*** user=app'],
    ['host=db password = secret', 'host=db password = ***'],
    ['PGPASSWORD=secret psql', 'PGPASSWORD=*** psql'],
    ['postgres://h/db?user=a&password=secret&sslmode=on', 'postgres://h/db?user=a&password=***&sslmode=on'],
    ['postgres://h/db?sslpassword=secret', 'postgres://h/db?sslpassword=***'],
    ['{"host":"h","password":"sec\\"ret","port":1}', '{"host":"h","password":***,"port":1}'],
    ["{ sentinelPassword: 'secret', db: 0 }", '{ sentinelPassword: ***, db: 0 }'],
    ['"{\\"password\\":\\"secret\\"}"', '"{\\"password\\":***'],
  ])('turns %s into %s', (text, masked) => {
    expect(redactUrl(text)).toBe(masked);
    expect(redactUrl(masked)).toBe(masked);
  });

  it.each([
    'postgres://localhost:5432/kyu',
    'postgres://user@host/db',
    'redis://localhost:6379',
    'redis://[::1]:6379/0',
    'http://localhost:9464/metrics is taken, write to bob@example.com',
    'password authentication failed for user "app"',
    'a:b@c',
    'no secret at all',
    '',
  ])('leaves "%s" alone', (text) => {
    expect(redactUrl(text)).toBe(text);
  });

  it('hides every password in every kind of URL, whatever is in it', () => {
    const awkward = fc.constantFrom('@', ':', '/', '?', '#', '%', '&', '=', '"', "'", '1', '€', '\\', '$1');
    const password = fc
      .array(fc.oneof(awkward, fc.constantFrom('x', 'Y')), { maxLength: 12 })
      .map((parts) => `S3CR${parts.join('')}3T`);
    const prefix = fc.constantFrom(
      'postgres://app:',
      'redis://:',
      'postgresql://app@corp:',
      'rediss://default:',
    );
    const around = fc.constantFrom(
      (url: string) => url,
      (url: string) => `cannot connect to ${url}: refused`,
      (url: string) => JSON.stringify({ url }),
    );
    fc.assert(
      fc.property(prefix, password, around, (start, secret, wrap) => {
        const text = redactUrl(wrap(`${start}${secret}@db.example:5432/shop`));
        expect(text).not.toContain('S3CR');
        expect(text).not.toContain('3T');
        expect(text).toContain('***');
      }),
    );
  });

  it('is not slow over hostile text of a length that is looked at', () => {
    const hostile = [
      'a'.repeat(30_000),
      'a://b:'.repeat(5_000),
      'password'.repeat(4_000),
      '&'.repeat(30_000),
    ];
    const startedAt = performance.now();
    for (const text of hostile) expect(redactUrl(text).length).toBeGreaterThan(0);
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });
});

describe('describeConnectionString', () => {
  it.each([
    ['postgres://app:secret@db/shop', '"postgres://***@db/shop"'],
    ['postgress//app:secret@db/shop', '"***@db/shop"'],
    ['app:secret@db/shop', '"***@db/shop"'],
    ['postgres:/app:sec@ret@db', '"***@db"'],
    ['host=db password=secret', '"host=db password=***"'],
    ['mysql://db/shop', '"mysql://db/shop"'],
    [5, '5'],
  ])('shows %s as %s', (value, shown) => {
    expect(describeConnectionString(value)).toBe(shown);
  });
});

describe('describeValue', () => {
  it.each([
    ['plain', '"plain"'],
    ['', '""'],
    ['with "quotes"', '"with \\"quotes\\""'],
    ['a\nb\tc\u0000d', '"a\\nb\\tc\\u0000d"'],
    ['\u001b[31mred', '"\\u001b[31mred"'],
    ['left \u202e right', '"left \\u202e right"'],
    ['half \ud83d', '"half \\ud83d"'],
    ['redis://:secret@h', '"redis://:***@h"'],
    [42, '42'],
    [-0, '0'],
    [Number.NaN, 'NaN'],
    [10n, '10n'],
    [true, 'true'],
    [null, 'null'],
    [undefined, 'undefined'],
    [Symbol('s'), 'Symbol(s)'],
    [function send() {}, 'function send'],
    [() => 1, 'a function'],
    [new Date(0), '1970-01-01T00:00:00.000Z'],
    [new Date(Number.NaN), 'an invalid date'],
    [new TypeError('at redis://:secret@h'), 'TypeError: at redis://:***@h'],
    [[], '[]'],
    [[1, 'a', [2], { b: 1 }], '[1, "a", […], {…}]'],
    [{}, '{}'],
    [{ base: '1s', deep: { a: 1 } }, '{base: "1s", deep: {…}}'],
    [
      { host: 'h', password: 'secret', accessToken: 'secret' },
      '{host: "h", password: ***, accessToken: ***}',
    ],
    [{ url: 'redis://:secret@h' }, '{url: "redis://:***@h"}'],
    [new Map([[1, 2]]), 'Map {}'],
    [Object.create(null), '{}'],
  ])('shows %o as %s', (value, shown) => {
    expect(describeValue(value)).toBe(shown);
  });

  it.each([
    ['a getter', Object.defineProperty({}, 'x', { enumerable: true, get: fail })],
    ['a proxy', new Proxy({}, { get: fail, ownKeys: fail, getPrototypeOf: fail })],
    ['a class name', Object.defineProperty({}, 'constructor', { get: fail })],
  ])('does not throw for %s that throws', (_, value) => {
    expect(describeValue(value)).toBe('a value that cannot be read');
  });

  it.each([
    'x'.repeat(10_000_000),
    Array(1_000_000).fill('long'),
    { ['k'.repeat(1_000)]: 'v'.repeat(1_000) },
  ])('cuts what is long', (value) => {
    const shown = describeValue(value);
    expect(shown.length).toBeLessThanOrEqual(80);
    expect(shown).toContain('…');
  });

  it('hides a password that lies beyond the cut', () => {
    expect(describeValue(`postgres://app:${'secret'.repeat(5_000)}@db`)).toBe('"postgres://app:***"');
    expect(describeValue(`postgres://app:${'secret'.repeat(5)}`)).toBe('"postgres://app:***"');
  });

  it('answers one short, clean line for anything', () => {
    const unit = fc.nat({ max: 0xffff }).map((code) => String.fromCharCode(code));
    fc.assert(
      fc.property(
        fc.oneof(fc.anything({ withNullPrototype: true }), fc.string({ unit, maxLength: 120 })),
        (value) => {
          const shown = describeValue(value);
          expect(shown.length).toBeLessThanOrEqual(80);
          expect(shown).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u);
        },
      ),
    );
  });
});

describe('escapeInvisible', () => {
  it('shows what cannot be seen, and leaves the rest alone', () => {
    expect(escapeInvisible('Zoë 🙂 漢\r\n\u{e0001}')).toBe('Zoë 🙂 漢\\r\\n\\u{e0001}');
  });
});

function fail(): never {
  throw new Error('no');
}

describe('redactSecrets', () => {
  it.each([
    ['token=abc123 rest', 'token=*** rest'],
    ['{"api_key":"abc 123","a":1}', '{"api_key":***,"a":1}'],
    ['{\\"secret\\":\\"abc\\"}', '{\\"secret\\":***'],
    ['Authorization: Bearer abc.def.ghi', 'Authorization: ***'],
    ['sent Bearer abcdefgh12 to it', 'sent Bearer *** to it'],
    ["apiKey: 'abc' and more", 'apiKey: *** and more'],
    ['postgres://app:abc@db and client_secret=abc', 'postgres://app:***@db and client_secret=***'],
  ])('masks named secrets: %s', (text, expected) => {
    expect(redactSecrets(text)).toBe(expected);
  });

  it.each(['the token has expired', 'secretary: Ada', 'unexpected token < in JSON', 'a bearer of news'])(
    'leaves alone: %s',
    (text) => {
      expect(redactSecrets(text)).toBe(text);
    },
  );
});
