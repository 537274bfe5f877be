import { describe, expect, it } from 'vitest';
import { parseJobSearch } from '../../../../lib/core/job-search.js';
import { viewsFrom, withoutView, withView } from '../../../../lib/dashboard/browser/query/saved-views.js';
import { quoted, termsOf, valueOf, withTerm } from '../../../../lib/dashboard/browser/query/terms.js';

describe('termsOf', () => {
  it('parts a query at its blanks, not at those in quotes', () => {
    expect(termsOf('type:a error:"timed out" age>1h free').map(({ field, value }) => [field, value])).toEqual(
      [
        ['type', 'a'],
        ['error', '"timed out"'],
        ['age', '1h'],
        [undefined, 'free'],
      ],
    );
  });
});

describe('withTerm', () => {
  it.each([
    ['', 'dead', 'status:dead'],
    ['type:a', 'dead', 'type:a status:dead'],
    ['status:pending type:a', 'dead', 'status:dead type:a'],
    ['status:pending type:a status:dead', undefined, 'type:a'],
    ['error:"status:dead"', undefined, 'error:"status:dead"'],
  ])('makes %j with %s to %j', (query, status, expected) => {
    expect(withTerm(query, 'status', status)).toBe(expected);
  });

  it.each(['send_email', 'a b', 'say "hi"', 'back\\\\slash', 'a,b', 'ends with \\\\'])(
    'writes %j so that it is read back',
    (value) => {
      expect(valueOf(withTerm('status:dead', 'error', value), 'error')).toBe(value);
    },
  );

  it.each(['send_email', 'a b', 'say "hi"', 'back\\\\slash', 'a,b', 'a:b'])(
    'writes %j so that the server reads the same',
    (value) => {
      expect(parseJobSearch(`error:${quoted(value)}`).error).toEqual([value]);
    },
  );
});

describe('saved views', () => {
  it('replace one of the same name, and are sorted', () => {
    const views = withView(withView([], { name: 'b', search: '?query=1' }), { name: 'a', search: '' });
    expect(withView(views, { name: 'b', search: '?query=2' })).toEqual([
      { name: 'a', search: '' },
      { name: 'b', search: '?query=2' },
    ]);
    expect(withoutView(views, 'a')).toEqual([{ name: 'b', search: '?query=1' }]);
  });

  it.each([null, 'no json', '{}', '[1,null,{"name":1}]', '[{"name":"x","search":"javascript:1"}]'])(
    'are none in %j',
    (text) => {
      expect(viewsFrom(text)).toEqual([]);
    },
  );
});
