import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toStorableText } from '../../../lib/core/storable-text.js';

/** Any UTF-16 unit: NUL and lone surrogates included. */
const anyUnit = fc.nat({ max: 0xffff }).map((unit) => String.fromCharCode(unit));

describe('toStorableText', () => {
  it('leaves good text alone', () => {
    expect(toStorableText('größer 🙂 漢字\n', 100)).toBe('größer 🙂 漢字\n');
  });

  it('replaces NUL and lone surrogates', () => {
    expect(toStorableText('a\u0000b\ud83d', 100)).toBe('a\uFFFDb\uFFFD');
  });

  it('keeps to the limit, also where it cuts a pair in two', () => {
    expect(toStorableText('🙂🙂', 4)).toBe('🙂🙂');
    expect(toStorableText('🙂🙂🙂', 4)).toBe('🙂\uFFFD…');
  });

  it('answers storable text within the limit for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: anyUnit }), fc.integer({ min: 1, max: 40 }), (text, limit) => {
        const stored = toStorableText(`${text}\ud800`, limit);
        expect(stored.length).toBeLessThanOrEqual(limit);
        expect(stored.includes('\u0000')).toBe(false);
        expect(stored.isWellFormed()).toBe(true);
      }),
    );
  });
});
