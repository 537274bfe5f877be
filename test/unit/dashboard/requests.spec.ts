import { Readable } from 'node:stream';
import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { readBody, setBodyAside } from '../../../lib/dashboard/http/request-body.js';
import { readQuery } from '../../../lib/dashboard/http/request-query.js';
import type { Exchange } from '../../../lib/dashboard/http/exchange.js';
import { objectionTo } from '../../../lib/dashboard/schemas/check-value.js';
import { listOf, oneOf, orNull, record, TEXT, INTEGER } from '../../../lib/dashboard/schemas/schema.js';

function sent(body: string | Buffer, type = 'application/json'): Exchange {
  const raw = Object.assign(Readable.from([Buffer.from(body)]), {
    headers: { 'content-type': type, 'content-length': String(Buffer.byteLength(body)) },
  });
  setBodyAside(raw as unknown as IncomingMessage);
  expect(raw.headers).toEqual({});
  return { raw, parsedBody: undefined } as unknown as Exchange;
}

describe('a body', () => {
  it('is read where no parser has seen it', async () => {
    expect(await readBody(sent('{"a":[1,"x",null]}'), 100)).toEqual({ a: [1, 'x', null] });
    expect(await readBody(sent(' '), 100)).toEqual({});
    expect(
      await readBody({ raw: { headers: {} }, parsedBody: { a: 1 } } as unknown as Exchange, 100),
    ).toEqual({ a: 1 });
  });

  it.each([
    ['text that is no JSON', '{"a":', 'KYU_API_BODY'],
    ['a list', '[1]', 'KYU_API_BODY'],
    ['null', 'null', 'KYU_API_BODY'],
    ['bytes that are no UTF-8', Buffer.from([0x7b, 0xff, 0x7d]), 'KYU_API_BODY'],
    ['a number that JavaScript would round', '{"payload":{"id":9007199254740993}}', 'KYU_API_BODY'],
    ['a number beyond all numbers', '{"payload":{"id":1e99999999999999}}', 'KYU_API_BODY'],
    ['too much', `{"a":"${'x'.repeat(200)}"}`, 'KYU_API_TOO_LARGE'],
  ])('is refused as %s', async (_, body, code) => {
    await expect(readBody(sent(body), 100)).rejects.toMatchObject({ code });
  });

  it('may hold digits in texts, and numbers that are exact', async () => {
    const text = '{"a":"9007199254740993","b":9007199254740991,"c":0.30000000000000004}';
    expect(await readBody(sent(text), 200)).toMatchObject({ a: '9007199254740993', b: 9007199254740991 });
  });

  it('is refused when it is not JSON by its type', async () => {
    await expect(readBody(sent('a=b', 'application/x-www-form-urlencoded'), 100)).rejects.toMatchObject({
      status: 415,
    });
  });
});

describe('a query string', () => {
  const rules = {
    limit: { ...INTEGER, type: 'integer', maximum: 10 },
    name: { ...TEXT, type: 'string' },
  } as const;

  it('is read by the rules of its route', () => {
    expect(readQuery('/x?limit=7&name=a%20b', rules, false)).toEqual({ limit: 7, name: 'a b' });
    expect(readQuery('/x', rules, false)).toEqual({});
    expect(readQuery('/x?other=1', rules, true)).toEqual({});
  });

  it.each(['limit=11', 'limit=x', 'limit=1.5', 'limit=1&limit=2', 'other=1', '__proto__=1', 'constructor=1'])(
    'is refused with %s',
    (query) => {
      expect(() => readQuery(`/x?${query}`, rules, false)).toThrow(
        expect.objectContaining({ code: 'KYU_API_PARAMETER' }),
      );
    },
  );
});

describe('a schema', () => {
  const schema = record({ id: TEXT }, { kind: orNull(oneOf('a', 'b')), list: listOf(INTEGER) });

  it.each([[{ id: 'x' }], [{ id: 'x', kind: 'a', list: [1, 2] }], [{ id: 'x', kind: null }]])(
    'takes %o',
    (value) => {
      expect(objectionTo(value, schema)).toBeUndefined();
    },
  );

  it.each([
    [{}, 'body.id is missing'],
    [{ id: 1 }, 'body.id is 1; give string'],
    [{ id: 'x', kind: 'c' }, 'body.kind is "c"'],
    [{ id: 'x', list: [1, 1.5] }, 'body.list[1] is 1.5'],
    [{ id: 'x', more: 1 }, 'body has a field "more"'],
    [[], 'body is []; give object'],
    [null, 'body is null'],
  ])('refuses %o and says where', (value, objection) => {
    expect(objectionTo(value, schema)).toContain(objection);
  });
});
