import { describe, expect, it } from 'vitest';
import {
  CONTEXT_LIMIT_BYTES,
  decodeCarried,
  encodeCarried,
  mergeCarried,
} from '../../../lib/core/carried-context.js';
import { KyuContextError } from '../../../lib/core/errors.js';

describe('what travels with a job', () => {
  it('is what the application answered, laid over what the job inherits', () => {
    const merged = mergeCarried({ requestId: 'a', tenant: '1' }, { tenant: '42', trace: undefined });
    expect(merged).toEqual({ requestId: 'a', tenant: '42' });
  });

  it.each([undefined, null, {}])('is what the job inherits when the answer is %j', (answered) => {
    expect(mergeCarried({ tenant: '42' }, answered)).toEqual({ tenant: '42' });
  });

  it.each([
    ['text', 'carry()'],
    [5, 'carry()'],
    [['a'], 'carry()'],
    [{ tenant: 42 }, 'context.tenant'],
    [{ user: { id: '1' } }, 'context.user'],
    [{ nul: 'a\u0000b' }, 'context.nul'],
    [{ half: '\ud800' }, 'context.half'],
    [{ '': 'x' }, 'context'],
  ])('cannot be %j', (answered, field) => {
    expect(() => mergeCarried({}, answered)).toThrow(KyuContextError);
    try {
      mergeCarried({}, answered);
    } catch (error) {
      expect(error).toMatchObject({ code: 'KYU_CONTEXT', field });
    }
  });

  it('has at most 4 KiB, what it inherits included', () => {
    const room = CONTEXT_LIMIT_BYTES - JSON.stringify({ a: '', b: '' }).length;
    const fits = mergeCarried({ a: 'x'.repeat(1_000) }, { b: 'y'.repeat(room - 1_000) });
    expect(JSON.stringify(fits)).toHaveLength(CONTEXT_LIMIT_BYTES);
    const tooMuch = () => mergeCarried({ a: 'x'.repeat(1_000) }, { b: 'ü'.repeat(room - 1_000) });
    expect(tooMuch).toThrow(/has \d+ bytes, and the limit is 4096/);
  });

  it('does not show a value that is refused', () => {
    expect(() => mergeCarried({}, { token: ['hunter2'] })).toThrow(/^(?!.*hunter2)/s);
  });

  it('is stored as JSON text, and as nothing when it is empty', () => {
    expect(encodeCarried({ tenant: '42' })).toBe('{"tenant":"42"}');
    expect(encodeCarried({})).toBeNull();
  });

  it('is read as texts only, whatever a row from elsewhere holds', () => {
    expect(decodeCarried('{"tenant":"42","n":5,"o":{"a":1}}')).toEqual({ tenant: '42' });
    for (const text of [null, 'null', '5', '["a"]', '"x"']) expect(decodeCarried(text)).toEqual({});
  });
});
