import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { recordError } from '../../../lib/core/error-record.js';

/** Any UTF-16 unit: NUL and lone surrogates included. */
const anyUnit = fc.nat({ max: 0xffff }).map((unit) => String.fromCharCode(unit));

class OutOfStock extends Error {
  override readonly name = 'OutOfStock';
}

function expectStorable(thrown: unknown): void {
  const record = recordError(thrown);
  for (const text of [record.message, record.stack ?? '']) {
    expect(text.includes('\u0000')).toBe(false);
    expect(text.isWellFormed()).toBe(true);
  }
  expect(record.message.length).toBeGreaterThan(0);
  expect(record.message.length).toBeLessThanOrEqual(4_096);
  expect((record.stack ?? '').length).toBeLessThanOrEqual(16_384);
}

function withGetter(name: 'message' | 'name' | 'stack'): Error {
  const error = new Error('hidden');
  return Object.defineProperty(error, name, {
    get() {
      throw new Error(`no ${name} today`);
    },
  });
}

function revokedProxy(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

const throwingProxy = new Proxy(new Error('hidden'), {
  get() {
    throw new Error('trap');
  },
  getPrototypeOf() {
    throw new Error('trap');
  },
});

describe('recordError', () => {
  it('keeps message and stack of an error', () => {
    const record = recordError(new Error('the gateway answered 503'));
    expect(record.message).toBe('the gateway answered 503');
    expect(record.stack).toContain('error-record.spec');
  });

  it('says of which kind an error is, unless it is a plain one', () => {
    expect(recordError(new OutOfStock('no more mugs')).message).toBe('OutOfStock: no more mugs');
    expect(recordError(new TypeError('')).message).toBe('TypeError');
  });

  it.each([
    ['text', 'just text', 'just text'],
    ['empty text', '', 'an empty text was thrown'],
    ['a number', 42, 'thrown: 42'],
    ['undefined', undefined, 'thrown: undefined'],
    ['null', null, 'thrown: null'],
    ['a BigInt', 10n, 'thrown: 10'],
    ['a symbol', Symbol('why'), 'thrown: Symbol(why)'],
    ['an object', { code: 7 }, 'thrown: {"code":7}'],
    ['an object without a prototype', Object.assign(Object.create(null), { code: 7 }), 'thrown: {"code":7}'],
    ['a cycle', cycle(), 'thrown: [object Object]'],
  ])('records %s', (_, thrown, message) => {
    expect(recordError(thrown)).toEqual({ message, stack: null });
  });

  it.each([
    ['a message that throws', withGetter('message')],
    ['a name that throws', withGetter('name')],
    ['a stack that throws', withGetter('stack')],
    ['a message that is a symbol', Object.assign(new Error('x'), { message: Symbol('message') })],
    ['a message without text', Object.assign(new Error('x'), { message: Object.create(null) })],
    ['a stack that is no text', Object.assign(new Error('x'), { stack: 5 })],
    ['a proxy that throws', throwingProxy],
    ['a revoked proxy', revokedProxy()],
    ['a tag that throws', objectWithThrowingTag()],
    ['a toJSON that throws', { toJSON: () => fail() }],
    ['NUL and a lone surrogate', new Error('a\u0000b\udc00')],
    ['a lone surrogate as text', '\ud83d'],
    ['ten million characters', new Error('x'.repeat(10_000_000))],
    ['ten million surrogates', '\ud83d'.repeat(10_000_000)],
  ])('survives %s', (_, thrown) => {
    expectStorable(thrown);
  });

  it('says that a value cannot be read', () => {
    expect(recordError(throwingProxy)).toEqual({
      message: 'something was thrown that cannot be read',
      stack: null,
    });
  });

  it('does not keep the password of a connection string', () => {
    const record = recordError(new Error('connect to postgres://app:hunter2@db:5432/shop failed'));
    expect(record.message).toBe('connect to postgres://app:***@db:5432/shop failed');
    expect(record.stack).not.toContain('hunter2');
  });

  it('never throws and is always storable, whatever is thrown', () => {
    const anything = fc.anything({
      withNullPrototype: true,
      withBigInt: true,
      withDate: true,
      withMap: true,
    });
    const content = fc.string({ unit: anyUnit, maxLength: 200 }).map((text) => `${text}\u0000\ud800`);
    fc.assert(
      fc.property(
        fc.oneof(
          anything,
          content,
          content.map((text) => new Error(text)),
        ),
        expectStorable,
      ),
    );
  });
});

function fail(): never {
  throw new Error('no');
}

function cycle(): object {
  const value: { self?: object } = {};
  value.self = value;
  return value;
}

function objectWithThrowingTag(): object {
  return Object.defineProperty(cycle(), Symbol.toStringTag, { get: fail });
}
