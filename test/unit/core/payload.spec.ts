import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KyuPayloadError } from '../../../lib/core/errors.js';
import { encodePayload, encodeResult } from '../../../lib/core/payload.js';

const LIMIT = 262_144;

class Money {
  constructor(private readonly cents: number) {}

  toJSON(): unknown {
    return { cents: this.cents };
  }
}

class Point {
  x = 1;
  y = 2;
}

function refusalOf(payload: unknown, limitBytes = LIMIT): KyuPayloadError {
  try {
    encodePayload(payload, limitBytes);
  } catch (error) {
    expect(error).toBeInstanceOf(KyuPayloadError);
    return error as KyuPayloadError;
  }
  throw new Error('the payload was accepted');
}

function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < depth; level += 1) value = { inner: value };
  return value;
}

function cycle(): object {
  const order: { lines: { order?: object }[] } = { lines: [{}] };
  order.lines[0] = { order };
  return order;
}

function withGetter(get: () => unknown): object {
  return { user: Object.defineProperty({}, 'name', { enumerable: true, get }) };
}

function fail(): never {
  throw new Error('not today');
}

describe('encodePayload', () => {
  it.each([
    ['undefined', undefined, 'null'],
    ['null', null, 'null'],
    ['text', 'plain', '"plain"'],
    ['a number', 0.1, '0.1'],
    ['false', false, 'false'],
    ['an empty object', {}, '{}'],
    ['a date as ISO text', { at: new Date(0) }, '{"at":"1970-01-01T00:00:00.000Z"}'],
    ['a value with a toJSON', [new Money(5)], '[{"cents":5}]'],
    ['an instance of a class', new Point(), '{"x":1,"y":2}'],
    ['an object without a prototype', Object.assign(Object.create(null), { a: 1 }), '{"a":1}'],
    ['undefined properties by leaving them out', { a: undefined, b: 1 }, '{"b":1}'],
    ['a URL', new URL('https://kyu.example/a'), '"https://kyu.example/a"'],
    ['text that only looks like an escape', 'C:\\u0000\\ud800', '"C:\\\\u0000\\\\ud800"'],
    ['several scripts', { 名: 'Zoë 🙂' }, '{"名":"Zoë 🙂"}'],
    ['a key named __proto__', JSON.parse('{"__proto__":{"admin":true}}'), '{"__proto__":{"admin":true}}'],
  ])('writes %s', (_, payload, text) => {
    expect(encodePayload(payload, LIMIT)).toBe(text);
  });

  it('keeps numbers beyond 2^53 as they are', () => {
    for (const number of [2 ** 53, 2 ** 53 + 2, 2 ** 64, 1.797e308, 5e-324, -(2 ** 60)]) {
      expect(JSON.parse(encodePayload({ number }, LIMIT))).toEqual({ number });
    }
  });

  it('takes the same object twice, as long as it does not contain itself', () => {
    const address = { city: 'Köln' };
    const payload = { billing: address, shipping: address, all: [address, [address]] };
    expect(JSON.parse(encodePayload(payload, LIMIT))).toEqual(payload);
  });

  it.each([
    ['a BigInt', { order: { total: 5n } }, 'payload.order.total', 'BigInt'],
    ['a function', { done: () => 1 }, 'payload.done', 'function'],
    ['a class', { type: Money }, 'payload.type', 'function'],
    ['a symbol', [1, [Symbol('x')]], 'payload[1][0]', 'symbol'],
    ['NaN', { lines: [{ price: Number.NaN }] }, 'payload.lines[0].price', 'NaN'],
    ['Infinity', Number.POSITIVE_INFINITY, 'payload', 'Infinity'],
    ['undefined in a list', [1, undefined], 'payload[1]', 'undefined'],
    ['a hole in a list', Object.assign([], { length: 2 }), 'payload[0]', 'undefined'],
    ['a cycle', cycle(), 'payload.lines[0].order', 'contains itself'],
    ['a Map', { tags: new Map([['a', 1]]) }, 'payload.tags', 'Map'],
    ['a Set', new Set([1]), 'payload', 'Set'],
    ['bytes', { file: new Uint8Array(3) }, 'payload.file', 'binary'],
    ['a Buffer', { file: Buffer.from('abc') }, 'payload.file', 'binary'],
    ['an ArrayBuffer', { file: new ArrayBuffer(3) }, 'payload.file', 'ArrayBuffer'],
    ['a promise', { user: Promise.resolve(1) }, 'payload.user', 'Promise'],
    ['an error', { cause: new Error('x') }, 'payload.cause', 'Error'],
    ['a regular expression', { pattern: /x/ }, 'payload.pattern', 'RegExp'],
    ['a boxed number', { n: Object(Number.NaN) }, 'payload.n', 'Number'],
    ['an invalid date', { at: new Date(Number.NaN) }, 'payload.at', 'invalid date'],
    ['NUL', { note: 'a\u0000b' }, 'payload.note', 'NUL'],
    ['NUL in a key', { user: { 'a\u0000b': 1 } }, 'a key of payload.user', 'NUL'],
    ['half a pair', { notes: ['ok', '\ud83d'] }, 'payload.notes[1]', 'surrogate'],
    ['half a pair in a key', { '\udc00': 1 }, 'a key of payload', 'surrogate'],
    ['a toJSON that throws', { total: { toJSON: fail } }, 'payload.total', 'not today'],
    ['a toJSON that answers NaN', { total: { toJSON: () => Number.NaN } }, 'payload.total', 'NaN'],
    ['a toJSON that answers NUL', { total: { toJSON: () => '\u0000' } }, 'payload.total', 'NUL'],
    ['a toJSON that answers a date', { at: { toJSON: () => new Date(0) } }, 'payload.at', 'Date'],
    ['a toJSON that answers bytes', { at: { toJSON: () => Buffer.from('a') } }, 'payload.at', 'Uint8Array'],
    ['a getter that throws', withGetter(fail), 'payload.user', 'not today'],
  ])('refuses %s and names the path', (_, payload, path, reason) => {
    const error = refusalOf(payload);
    expect(error.code).toBe('KYU_PAYLOAD');
    expect(error.field).toBe(path);
    expect(error.message).toContain(path);
    expect(error.message).toContain(reason);
    expect(error.remedy).not.toBe('');
  });

  it('refuses what hides behind a toJSON that answers its own object', () => {
    const total = Object.create({
      toJSON(this: object) {
        return this;
      },
    }) as { net: number };
    total.net = Number.NaN;
    expect(refusalOf({ total }).field).toBe('payload.total.net');
  });

  it('refuses a proxy that throws, with an error of its own', () => {
    const payload = new Proxy({}, { ownKeys: fail });
    expect(refusalOf(payload).message).toContain('not today');
    expect(refusalOf({ nested: new Proxy({}, { has: fail }) }).message).toContain('not today');
  });

  it('takes 200 levels and refuses 201, before the stack is full', () => {
    expect(encodePayload(nested(200), LIMIT)).toContain('"inner":1');
    expect(refusalOf(nested(201)).message).toContain('deeper than 200');
    expect(refusalOf(nested(100_000)).message).toContain('deeper than 200');
  });

  it('ends at a toJSON that goes on for ever', () => {
    const endless = { toJSON: () => ({ again: { toJSON: endless.toJSON } }) };
    expect(refusalOf(endless).message).toContain('deeper than 200');
  });

  it('shows a path of any content on one bounded line', () => {
    const error = refusalOf({ ['\u001b[2J\n\u0000'.repeat(100)]: Number.NaN });
    expect(error.message).not.toMatch(/\p{Cc}/u);
    expect(error.message.length).toBeLessThan(1_500);
  });

  it.each([
    ['one byte per character', 'a'],
    ['two bytes per character', 'ö'],
    ['three bytes per character', '漢'],
    ['four bytes per character', '🙂'],
  ])('counts the limit in bytes: %s', (_, character) => {
    const payload = character.repeat(300);
    const bytes = Buffer.byteLength(payload) + 2;
    expect(encodePayload(payload, bytes)).toBe(`"${payload}"`);
    const error = refusalOf(payload, bytes - 1);
    expect(error.message).toContain(`has ${bytes} bytes and the limit is ${bytes - 1}`);
    expect(error.remedy).toContain('payloadLimitBytes');
  });

  it('gives back every JSON value', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'grapheme' }), (value) => {
        fc.pre(!JSON.stringify(value).includes('\\u0000'));
        // JSON has no −0; everything else must come back.
        expect(JSON.parse(encodePayload(value, LIMIT))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('answers storable text or a KyuPayloadError for any value', () => {
    const anything = fc.anything({
      withBigInt: true,
      withBoxedValues: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withNullPrototype: true,
      withTypedArray: true,
      withSparseArray: true,
    });
    fc.assert(
      fc.property(anything, (value) => {
        const text = encodedOrRefused(value);
        if (text !== undefined) expect(textsIn(JSON.parse(text)).every(isStorable)).toBe(true);
      }),
    );
  });
});

describe('encodeResult', () => {
  it.each([undefined, null])('stores nothing for %s', (result) => {
    expect(encodeResult(result, LIMIT)).toBeNull();
  });

  it('stores what JSON can hold', () => {
    expect(encodeResult({ id: 7 }, LIMIT)).toBe('{"id":7}');
    expect(encodeResult(0, LIMIT)).toBe('0');
  });

  it('stores a note in place of what cannot be stored', () => {
    const note = JSON.parse(encodeResult({ total: 5n }, LIMIT) ?? '') as { kyu: string; reason: string };
    expect(note.kyu).toBe('the result was not stored');
    expect(note.reason).toBe('The result cannot be stored: result.total is a BigInt. Pass it as text.');
  });

  it.each([
    ['a key with NUL', { 'a\u0000': Number.NaN }],
    ['a key with half a pair', { '\ud83d': Number.NaN }],
    ['a very long key', { ['k'.repeat(100_000)]: Number.NaN }],
    ['an error with NUL', { toJSON: () => throwText('a\u0000\ud83d') }],
    ['too much', 'x'.repeat(LIMIT)],
    ['a getter that throws', withGetter(fail)],
  ])('writes a note that itself can be stored: %s', (_, result) => {
    const text = encodeResult(result, LIMIT) ?? '';
    expect(text.length).toBeLessThan(1_024);
    expect(textsIn(JSON.parse(text)).every(isStorable)).toBe(true);
  });
});

function throwText(text: string): never {
  throw new Error(text);
}

function encodedOrRefused(value: unknown): string | undefined {
  try {
    return encodePayload(value, LIMIT);
  } catch (error) {
    expect(error).toBeInstanceOf(KyuPayloadError);
    return undefined;
  }
}

function isStorable(text: string): boolean {
  return !text.includes('\u0000') && text.isWellFormed();
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => [key, ...textsIn(member)]);
}
