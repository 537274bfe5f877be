import type { INestApplicationContext } from '@nestjs/common';
import { InvalidJobError, KyuError, KyuPayloadError, KyuProducer, type EnqueueItem } from 'nestjs-kyu';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeOnce, openApp, startApp } from '../support/kyu-app.js';
import { TestLedger } from '../support/test-ledger.js';

let ledger: TestLedger;
let app: INestApplicationContext;
let kyu: KyuProducer;
let queue: string;

beforeAll(async () => {
  ledger = await TestLedger.open('bad_input');
  const options = ledger.options({ role: 'producer' });
  queue = options.queueName;
  app = await openApp({ kyu: options });
  kyu = app.get(KyuProducer);
});

afterAll(async () => {
  await closeOnce(app);
  await ledger.close();
});

const cycle: { self?: unknown } = {};
cycle.self = cycle;
const deep = JSON.parse(`${'['.repeat(300)}${']'.repeat(300)}`) as unknown;
const NUL = String.fromCharCode(0);
const HALF = String.fromCharCode(0xd83d);

/** What, the payload, the path that the error names, and words of its message. */
const BAD_PAYLOADS: [string, unknown, string, string][] = [
  ['a BigInt', { amount: 10n }, 'payload.amount', 'is a BigInt'],
  ['a BigInt at the top', 10n, 'payload', 'is a BigInt'],
  ['a function', { on: { click: () => 1 } }, 'payload.on.click', 'is a function'],
  ['a symbol', [Symbol('s')], 'payload[0]', 'is a symbol'],
  ['undefined in a list', [1, undefined], 'payload[1]', 'is undefined'],
  ['a cycle', { a: [cycle] }, 'payload.a[0].self', 'contains itself'],
  ['NUL', { a: { b: `x${NUL}y` } }, 'payload.a.b', 'NUL'],
  ['NUL in a key', { [`a${NUL}`]: 1 }, 'a key of payload', 'NUL'],
  ['half a surrogate pair', { name: `smile ${HALF}` }, 'payload.name', 'surrogate'],
  ['NaN', { n: Number.NaN }, 'payload.n', 'NaN'],
  ['Infinity', { n: [Number.POSITIVE_INFINITY] }, 'payload.n[0]', 'Infinity'],
  ['a Map', { m: new Map([[1, 2]]) }, 'payload.m', 'Map'],
  ['a Set', new Set([1]), 'payload', 'Set'],
  ['a promise', { p: Promise.resolve(1) }, 'payload.p', 'Promise'],
  ['bytes', { file: Buffer.from('x') }, 'payload.file', 'binary'],
  ['an invalid date', { at: new Date('never') }, 'payload.at', 'invalid date'],
  ['an error', { e: new Error('x') }, 'payload.e', 'Error'],
  ['a toJSON that throws', { t: { toJSON: () => raise('no') } }, 'payload.t', 'toJSON'],
  [
    'a getter that throws',
    Object.defineProperty({}, 'x', { enumerable: true, get: () => raise('no') }),
    'payload',
    'cannot be read',
  ],
  ['more nesting than sense', deep, `payload${'[0]'.repeat(64)}[…`, 'nested'],
  ['more than 256 KiB', 'x'.repeat(262_143), 'payload', '262145 bytes and the limit is 262144'],
  ['more than 256 KiB of UTF-8', ['ü'.repeat(131_072)], 'payload', 'the limit is 262144'],
];

/** What, the type, the options, and the field that the error names. */
const BAD_ARGUMENTS: [string, unknown, unknown, string][] = [
  ['an empty type', '', undefined, 'type'],
  ['a type with a blank', 'send email', undefined, 'type'],
  ['a type with braces', '{send_email}', undefined, 'type'],
  ['a type with a line break', 'send\nemail', undefined, 'type'],
  ['a type that is too long', 'x'.repeat(129), undefined, 'type'],
  ['a type that is none', 42, undefined, 'type'],
  ['no type', undefined, undefined, 'type'],
  ['an empty queue', 'job', { queue: '' }, 'queue'],
  ['a queue with a quote', 'job', { queue: `a"; drop table kyu_jobs; --` }, 'queue'],
  ['a queue that is none', 'job', { queue: null }, 'queue'],
  ['an unknown option', 'job', { prioritty: 1 }, 'prioritty'],
  ['options that are none', 'job', 'high', 'options'],
  ['options in a list', 'job', [{ priority: 1 }], 'options'],
  ['an invalid date', 'job', { scheduledAt: new Date('tomorrow') }, 'scheduledAt'],
  ['a date as text', 'job', { scheduledAt: '2030-01-01' }, 'scheduledAt'],
  ['a date beyond the calendar', 'job', { scheduledAt: new Date(8.64e15) }, 'scheduledAt'],
  ['a negative delay', 'job', { delay: -1 }, 'delay'],
  ['a negative delay as text', 'job', { delay: '-5m' }, 'delay'],
  ['an endless delay', 'job', { delay: Number.POSITIVE_INFINITY }, 'delay'],
  ['a delay that is none', 'job', { delay: 'tomorrow' }, 'delay'],
  ['a priority above int4', 'job', { priority: 2_147_483_648 }, 'priority'],
  ['a priority below int4', 'job', { priority: -2_147_483_649 }, 'priority'],
  ['a broken priority', 'job', { priority: 1.5 }, 'priority'],
  ['a priority as text', 'job', { priority: '1' }, 'priority'],
  ['negative maxRetries', 'job', { maxRetries: -1 }, 'maxRetries'],
  ['maxAttempts of zero', 'job', { maxAttempts: 0 }, 'maxAttempts'],
  ['maxAttempts against maxRetries', 'job', { maxAttempts: 3, maxRetries: 3 }, 'maxAttempts'],
  ['a negative timeout', 'job', { timeout: -5 }, 'timeout'],
  ['a timeout that is none', 'job', { timeout: {} }, 'timeout'],
];

function raise(message: string): never {
  throw new Error(message);
}

async function refusal(enqueueing: Promise<unknown>): Promise<KyuError> {
  try {
    await enqueueing;
  } catch (error) {
    if (error instanceof KyuError) return error;
    throw error;
  }
  throw new Error('The job was accepted.');
}

/** Nothing half done: neither a row, nor a row of one that came with it. */
async function expectNothingWritten(): Promise<void> {
  expect(await ledger.countJobs(queue)).toBe(0);
}

describe('a payload that cannot be stored', () => {
  it.each(BAD_PAYLOADS)('%s is refused, and the path is named', async (_what, payload, path, words) => {
    const error = await refusal(kyu.enqueue('job', payload));
    expect(error).toBeInstanceOf(KyuPayloadError);
    expect(error).toMatchObject({ code: 'KYU_PAYLOAD', field: path });
    expect(error.message).toContain(words);
    expect(error.message).toContain(error.remedy);
    expect(error.remedy).toMatch(/\w+ \w+/);
    await expectNothingWritten();
  });

  it('may have as many bytes as the limit says, which can be set', async () => {
    const small = await startApp({ kyu: ledger.options({ role: 'producer', payloadLimitBytes: 1_024 }) });
    const producer = small.get(KyuProducer);
    expect((await refusal(producer.enqueue('job', 'x'.repeat(1_023)))).message).toContain('1025 bytes');
    const { id } = await producer.enqueue('job', 'x'.repeat(1_022));
    expect((await ledger.job(id)).payload).toHaveLength(1_022);
  });
});

describe('an argument that is not usable', () => {
  it.each(BAD_ARGUMENTS)('%s is refused, and the field is named', async (_what, type, options, field) => {
    const error = await refusal(kyu.enqueue(type as string, 1, options as object));
    expect(error).toBeInstanceOf(InvalidJobError);
    expect(error).toMatchObject({ code: 'KYU_INVALID_JOB', field });
    expect(error.message).toContain(error.remedy);
    expect(error.remedy).toMatch(/^Give .+\.$/);
    await expectNothingWritten();
  });

  it('that is misspelt is answered with the nearest name', async () => {
    const error = await refusal(kyu.enqueue('job', 1, { prioritty: 1 } as object));
    expect(error.message).toContain('did you mean "priority"?');
  });

  it('may be the list of enqueueMany itself', async () => {
    const error = await refusal(kyu.enqueueMany('jobs' as unknown as EnqueueItem[]));
    expect(error).toMatchObject({ code: 'KYU_INVALID_JOB', field: 'items' });
    await expectNothingWritten();
  });

  it('may be the options of enqueueMany', async () => {
    const items = [{ type: 'job', payload: 1 }];
    const error = await refusal(kyu.enqueueMany(items, { manger: undefined } as object));
    expect(error).toMatchObject({ code: 'KYU_INVALID_JOB', field: 'manger' });
    expect(error.message).toContain('did you mean "manager"?');
    await expectNothingWritten();
  });

  it.each([
    [null, 'items[0].item'],
    ['job', 'items[0].item'],
    [{ payload: 1 }, 'items[0].type'],
    [{ type: 'job', payload: 1, priority: 9 }, 'items[0].priority'],
  ])('may be an item of enqueueMany: %j', async (item, field) => {
    const results = await kyu.enqueueMany([item as unknown as EnqueueItem]);
    expect(results).toMatchObject([{ status: 'rejected', error: { code: 'KYU_INVALID_JOB', field } }]);
    await expectNothingWritten();
  });

  it('may be a hole in the list of enqueueMany', async () => {
    const items: EnqueueItem[] = [];
    items[1] = { type: 'job', payload: 1, options: { queue: ledger.newQueue() } };
    const results = await kyu.enqueueMany(items);
    expect(results).toMatchObject([
      { status: 'rejected', error: { field: 'items[0].item' } },
      { status: 'created' },
    ]);
  });
});

describe('many jobs of which some are not usable', () => {
  it('are written without those, and each refusal is that of the single call with its index', async () => {
    const bad = [
      ...BAD_PAYLOADS.map(([, payload]) => ({ type: 'job', payload })),
      ...BAD_ARGUMENTS.map(([, type, options]) => ({ type, payload: 1, options })),
    ] as EnqueueItem[];
    const good = { type: 'job', payload: 'good' };
    const other = ledger.newQueue();
    const results = await kyu.enqueueMany([{ ...good, options: { queue: other } }, ...bad]);
    expect(results[0]).toMatchObject({ status: 'created' });
    for (const [index, { type, payload, options }] of bad.entries()) {
      const single = await refusal(kyu.enqueue(type, payload, options));
      const result = results[index + 1];
      if (result?.status !== 'rejected') throw new Error(`item ${index + 1} was accepted`);
      expect(result.error).toBeInstanceOf(KyuError);
      expect(result.error).toMatchObject({
        code: single.code,
        field: `items[${index + 1}].${single.field}`,
        message: `Item ${index + 1}: ${single.message}`,
        remedy: single.remedy,
      });
    }
    expect(await ledger.countJobs(other)).toBe(1);
    await expectNothingWritten();
  });
});
