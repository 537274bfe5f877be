import { describe, expect, it } from 'vitest';
import { indentedJson, jsonLines } from '../../../../lib/dashboard/browser/json/lines.js';
import { objectionToJson, objectText } from '../../../../lib/dashboard/browser/json/object-text.js';
import { jsonTokens } from '../../../../lib/dashboard/browser/json/tokens.js';

describe('jsonTokens', () => {
  it('F92 keeps every digit of a number that JavaScript would round', () => {
    const numbers = jsonTokens('{"id":9007199254740993,"sum":10.10,"far":-1.5e300}').filter(
      ({ kind }) => kind === 'number',
    );
    expect(numbers.map(({ text }) => text)).toEqual(['9007199254740993', '10.10', '-1.5e300']);
  });

  it('tells keys from texts, and texts from what looks like JSON in them', () => {
    expect(jsonTokens('{"a\\"b:":"{[1]}", "c": null}').map(({ kind, text }) => `${kind} ${text}`)).toEqual([
      'punctuation {',
      'key "a\\"b:"',
      'punctuation :',
      'string "{[1]}"',
      'punctuation ,',
      'key "c"',
      'punctuation :',
      'literal null',
      'punctuation }',
    ]);
  });

  it.each(['{"open', 'not json', '"', '\\', '{]'])('loses nothing of %j, which is no JSON', (text) => {
    const joined = jsonTokens(text)
      .map((token) => token.text)
      .join('');
    expect(joined).toBe(text.replaceAll(' ', ''));
  });
});

describe('jsonLines', () => {
  it('indents, and leaves what is empty on one line', () => {
    expect(indentedJson('{"a":[],"b":{"c":[1,2]},"d":{}}')).toBe(
      [
        '{',
        '  "a": [],',
        '  "b": {',
        '    "c": [',
        '      1,',
        '      2',
        '    ]',
        '  },',
        '  "d": {}',
        '}',
      ].join('\n'),
    );
  });

  it('says the same as JSON.stringify of what holds no big number', () => {
    const value = { list: [1, 'two', { three: null }], text: 'a "quote", a {brace}', empty: [{}, []] };
    expect(indentedJson(JSON.stringify(value))).toBe(JSON.stringify(value, null, 2));
  });

  it('never goes below the margin', () => {
    expect(jsonLines(']]}1').every(({ depth }) => depth >= 0)).toBe(true);
  });
});

describe('objectText', () => {
  it('passes numbers on as they were typed, and leaves out what is not given', () => {
    expect(objectText({ payload: '{"n":9007199254740993}', priority: undefined, 'a"b': '1' })).toBe(
      '{"payload":{"n":9007199254740993},"a\\"b":1}',
    );
  });

  it('says what is wrong with a text', () => {
    expect(objectionToJson('{"a":1}')).toBeUndefined();
    expect(objectionToJson('{"a":}')).toMatch(/JSON/);
  });
});
