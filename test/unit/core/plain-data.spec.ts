import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { refuseUnstorable } from '../../../lib/core/payload-refusals.js';
import { isPlainData } from '../../../lib/core/plain-data.js';

function deep(levels: number): unknown {
  return levels === 0 ? 1 : { inner: deep(levels - 1) };
}

function endless(): unknown {
  const value: Record<string, unknown> = {};
  value['itself'] = value;
  return value;
}

describe('isPlainData', () => {
  it.each([
    ['text', 'a'],
    ['a number', 1.5],
    ['null', null],
    ['nested data', { to: 'a@b.example', items: [{ id: 1, note: null }, [true]] }],
    ['a member without a value, which JSON leaves out', { a: undefined }],
  ])('says yes to %s', (_, value) => {
    expect(isPlainData(value)).toBe(true);
  });

  it.each([
    ['NaN', { a: Number.NaN }],
    ['a BigInt', { a: 1n }],
    ['a function', { a: () => {} }],
    ['a hole in an array', [1, undefined]],
    ['a date', { at: new Date(0) }],
    ['an array with a toJSON', Object.assign([1], { toJSON: () => 2 })],
    ['an object of a class', new (class Order {})()],
    ['a map', new Map()],
    ['bytes', { bytes: Buffer.from('a') }],
    ['a value with a toJSON', { toJSON: () => 1 }],
    ['a getter that throws', Object.defineProperty({}, 'a', { enumerable: true, get: vi.fn(() => fail()) })],
    ['what contains itself', endless()],
    ['what is nested deeply', deep(20)],
  ])('leaves %s to those who look closer', (_, value) => {
    expect(isPlainData(value)).toBe(false);
  });

  it('says yes to nothing that would be refused', () => {
    fc.assert(
      fc.property(
        fc.anything({ withBigInt: true, withDate: true, withMap: true, withSet: true }),
        (value) => {
          fc.pre(isPlainData(value));
          expect(() => refuseUnstorable(value, 'payload')).not.toThrow();
        },
      ),
    );
  });
});

function fail(): never {
  throw new Error('not today');
}
