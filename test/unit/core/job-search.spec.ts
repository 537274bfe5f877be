import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidSearchError } from '../../../lib/core/errors.js';
import { formatJobSearch } from '../../../lib/core/format-search.js';
import { parseJobSearch } from '../../../lib/core/job-search.js';
import type { JobSearch } from '../../../lib/core/job-selection.js';
import { JOB_STATUSES } from '../../../lib/core/job-status.js';
import { SEARCH_FIELDS } from '../../../lib/core/search-fields.js';
import { LONGEST_SEARCH } from '../../../lib/core/search-terms.js';
import { idRangeOf } from '../../../lib/core/search-values.js';

const ID = '019a1b2c-3d4e-7f50-8a61-7b8c9d0e1f20';

describe('F78 a search text', () => {
  const cases: readonly (readonly [text: string, search: JobSearch])[] = [
    ['', {}],
    ['  \n ', {}],
    ['status:dead', { status: ['dead'] }],
    [
      'type:send_email,charge_card status:failed,dead',
      { type: ['send_email', 'charge_card'], status: ['failed', 'dead'] },
    ],
    ['type:report:sales', { type: ['report:sales'] }],
    ['error:"ECONN"', { error: ['ECONN'] }],
    [String.raw`error:"say \"no\", C:\\temp"`, { error: [String.raw`say "no", C:\temp`] }],
    ['payload.user.id:42', { payload: { 'user.id': [42] } }],
    ['payload.user.id:"42"', { payload: { 'user.id': ['42'] } }],
    ['payload.paid:true,null payload.name:Ada', { payload: { paid: [true, null], name: ['Ada'] } }],
    ['payload.zip:01234', { payload: { zip: ['01234'] } }],
    ['payload.x:0.5,1e21,-7', { payload: { x: [0.5, 1e21, -7] } }],
    ['"payload.first name":"Ada L"', { payload: { 'first name': ['Ada L'] } }],
    ['age>1h age<2d', { age: { over: 3_600_000, under: 172_800_000 } }],
    ['created<1h', { age: { under: 3_600_000 } }],
    ['created>2027-01-31', { createdAfter: new Date('2027-01-31T00:00:00Z') }],
    ['finished<2027-01-31T08:00:00+02:00', { finishedBefore: new Date('2027-01-31T06:00:00Z') }],
    ['finished>1d', { finishedAge: { over: 86_400_000 } }],
    ['priority:5,-1', { priority: [5, -1] }],
    ['priority>4 priority<=9', { priority: { from: 5, to: 9 } }],
    ['retries<3', { retries: { to: 2 } }],
    [`id:019A1B2C,${ID}`, { id: ['019a1b2c', ID] }],
    ['worker:019a1b2c', { workerId: ['019a1b2c'] }],
    [`parent:${ID.toUpperCase()}`, { parentId: ID }],
    ['unique:order-42', { uniqueKey: ['order-42'] }],
    ['tag:tenant:42 tag:trial', { tags: ['tenant:42', 'trial'] }],
    ['tag:a,b', { anyTag: ['a', 'b'] }],
    ['archived:yes', { archived: true }],
    ['mail "10.0.0.1:5432"', { words: ['mail', '10.0.0.1:5432'] }],
    ['-status:completed -type:a -type:b', { without: { status: ['completed'], type: ['a', 'b'] } }],
    ['-tag:a -mail -payload.x:1', { without: { anyTag: ['a'], words: ['mail'], payload: { x: [1] } } }],
    ['payload.constructor:1', { payload: { constructor: [1] } }],
    ['payload.a:1 payload.constructor:2', { payload: { a: [1], constructor: [2] } }],
    ['- -mail', { words: ['-'], without: { words: ['mail'] } }],
    ['a,b', { words: ['a,b'] }],
    ['id:019a', { id: ['019a'] }],
    [String.raw`error:"in C:\\" mail`, { error: ['in C:\\'], words: ['mail'] }],
    ['STATUS:dead', { status: ['dead'] }],
    ['type:a,b,a', { type: ['a', 'b'] }],
    ['priority:-0,2147483647,-2147483647', { priority: [0, 2_147_483_647, -2_147_483_647] }],
    ['payload.x:-0', { payload: { x: [0] } }],
    ['archived:true', { archived: true }],
    ['archived:false', { archived: false }],
    ['-payload.a:1 -payload.b:2 -payload.a:3,1', { without: { payload: { a: [1, 3], b: [2] } } }],
    ['-priority:1 -priority:2,1', { without: { priority: [1, 2] } }],
  ];

  it.each(cases)('reads %j', (text, search) => {
    expect(parseJobSearch(text)).toEqual(search);
  });

  it.each(cases)('says %j in words that mean the same', (_, search) => {
    expect(parseJobSearch(formatJobSearch(search))).toEqual(search);
  });

  it.each([
    ['statsu:dead', 0, 'did you mean "status"?'],
    ['type:a stauts:dead', 7, 'did you mean "status"?'],
    ['status:deed', 7, 'did you mean "dead"?'],
    ['status:', 7, 'a value is missing'],
    ['status:dead,', 12, 'a value is missing'],
    [':dead', 0, 'a field is missing'],
    ['error:"ECONN', 6, 'a quote is not closed'],
    ['error:"a"b', 9, 'follows the closing quote'],
    ['er"ror', 2, 'in the middle of a word'],
    ['age:1h', 0, 'age does not go with ":"'],
    ['status>dead', 0, 'status does not go with ">"'],
    ['age>soon', 4, 'a span such as'],
    ['age>2027-01-01', 4, 'instants go with created and finished'],
    ['created>2027-13-01', 8, 'neither'],
    ['-age>1h', 0, 'cannot be turned round'],
    ['-priority>3', 0, 'cannot be turned round'],
    ['-archived:yes', 0, 'cannot be turned round'],
    ['priority:high', 9, 'no whole number'],
    ['priority>3 priority:4', 11, 'said twice'],
    ['type:a type:b', 7, 'said twice'],
    ['age>1h age>2h', 7, 'said twice'],
    ['id:019', 3, 'first 4 characters'],
    ['parent:019a1b2c', 7, 'a whole UUID'],
    [`parent:${ID},${ID}`, 44, 'takes one value'],
    ['payload.:1', 0, 'an empty key'],
    ['payload.a..b:1', 0, 'an empty key'],
    ['payload.id:12345678901234567890', 11, 'cannot hold exactly'],
    ['payload.id:9007199254740993.0', 11, 'cannot hold exactly'],
    ['priority:4 priority>3', 11, 'said twice'],
    ['priority>3 priority>=5', 11, 'said twice'],
    ['priority:2147483648', 9, 'no whole number'],
    ['priority:-2147483648', 9, 'no whole number'],
    ['payload.x:1e999', 10, 'cannot hold exactly'],
    ['payload.x:"a\u0000b"', 10, 'text without NUL'],
    ['error:a\u0000b', 6, 'without NUL'],
    ['error:""', 6, 'at least one character'],
    ['created>0000-01-01', 8, 'neither'],
    [`id:${ID}0`, 3, 'first 4 characters'],
    ['id:019a-1b2c', 3, 'first 4 characters'],
    ['id:019a1b2c3', 3, 'first 4 characters'],
    ['archived:maybe', 9, 'yes or no'],
    ['queue:"no such"', 6, 'letters, digits'],
    ['x'.repeat(5_000), 4_096, 'too long'],
    [Array.from({ length: 51 }, () => 'a').join(' '), 100, 'too many terms'],
    [`id:${Array.from({ length: 101 }, () => ID).join(',')}`, 0, 'too many values'],
  ])('refuses %.40j at character %i', (text, position, words) => {
    const error = refusal(text);
    expect(error.code).toBe('KYU_INVALID_SEARCH');
    expect(error.position).toBe(position);
    expect(error.message).toContain(`at character ${position + 1}`);
    expect(error.message).toContain(words);
  });

  it('means every id that begins like its own', () => {
    expect(idRangeOf('019a1b2c-3')).toEqual({
      from: '019a1b2c-3000-0000-0000-000000000000',
      to: '019a1b2c-3fff-ffff-ffff-ffffffffffff',
    });
    expect(idRangeOf(ID)).toEqual({ from: ID, to: ID });
  });

  it('may be so long, and not a character longer', () => {
    const longest = 'x'.repeat(LONGEST_SEARCH);
    expect(parseJobSearch(longest)).toEqual({ words: [longest] });
    const { position, message } = refusal(`${longest}x`);
    expect(position).toBe(LONGEST_SEARCH);
    expect(message).toContain('at most 4096 characters');
  });

  it('has an example for every field, which it reads', () => {
    for (const { example } of SEARCH_FIELDS) expect(Object.keys(parseJobSearch(example))).toHaveLength(1);
  });

  it('F78 comes back the same from its text, whatever it is', () => {
    fc.assert(
      fc.property(searches(), (search) => {
        expect(parseJobSearch(formatJobSearch(search))).toEqual(search);
      }),
      { numRuns: 1_000 },
    );
  });

  it('never fails otherwise than by saying where', () => {
    const rubbish = fc.string({
      unit: fc.constantFrom(...Array.from('statusypepayload.:><=-," \\1h\n\u0000é')),
    });
    fc.assert(
      fc.property(rubbish, (text) => {
        try {
          const search = parseJobSearch(text);
          expect(parseJobSearch(formatJobSearch(search))).toEqual(search);
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidSearchError);
          expect((error as InvalidSearchError).position).toBeLessThanOrEqual(text.length);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

function refusal(text: string): InvalidSearchError {
  try {
    parseJobSearch(text);
  } catch (error) {
    if (error instanceof InvalidSearchError) return error;
    throw error;
  }
  throw new Error(`"${text}" was read`);
}

const text = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
  .filter((one) => !one.includes('\u0000'));
const few = <Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value[]> =>
  fc.uniqueArray(value, { minLength: 1, maxLength: 4 });
const name = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,20}$/);
const tag = fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 20 });
const id = fc.uuid();
const number = fc.integer({ min: -1_000_000, max: 1_000_000 });
const key = fc
  .stringMatching(/^[^."\\]{1,10}$/)
  .filter((one) => one.isWellFormed() && !one.includes('\u0000'));
const scalar = fc.oneof(
  text,
  fc.maxSafeInteger().map((one) => one + 0),
  fc.boolean(),
  fc.constant(null),
  fc.constantFrom('null', '42', 'true', '-0'),
);
const payload = fc.dictionary(
  fc.array(key, { minLength: 1, maxLength: 3 }).map((keys) => keys.join('.')),
  few(scalar),
  { minKeys: 1, maxKeys: 3, noNullPrototype: true },
);
const span = fc.integer({ min: 0, max: 10 ** 11 });
const instant = fc.date({ min: new Date('1970-01-01'), max: new Date('2999-01-01'), noInvalidDate: true });
const age = fc.oneof(
  fc.record({ over: span }),
  fc.record({ under: span }),
  fc.record({ over: span, under: span }),
);
const optional = { requiredKeys: [] as [] };

const traits = {
  status: few(fc.constantFrom(...JOB_STATUSES)),
  type: few(name),
  queue: few(name),
  error: few(text),
  payload,
  id: few(id),
  workerId: few(id),
  uniqueKey: few(text),
  fingerprint: few(text),
  words: few(text),
  parentId: id,
  priority: few(number),
  retries: few(number),
};

function searches(): fc.Arbitrary<JobSearch> {
  const without = fc
    .record({ ...traits, anyTag: few(tag) }, optional)
    .filter((one) => Object.keys(one).length > 0);
  return fc.record(
    {
      ...traits,
      retries: fc.oneof(few(number), fc.record({ from: number, to: number }), fc.record({ from: number })),
      tags: few(tag),
      anyTag: fc.uniqueArray(tag, { minLength: 2, maxLength: 4 }),
      createdAfter: instant,
      finishedBefore: instant,
      age,
      finishedAge: age,
      archived: fc.boolean(),
      without,
    },
    optional,
  );
}
