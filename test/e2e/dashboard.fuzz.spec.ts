import fc from 'fast-check';
import { DASHBOARD_ROUTES } from 'nestjs-kyu/dashboard';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { send, UNFORGED, type ApiAnswer } from '../support/dashboard/api-client.js';
import { ADAPTERS, openDashboardApp, type DashboardApp } from '../support/dashboard/dashboard-app.js';
import { TestLedger } from '../support/test-ledger.js';

/** 100,000 in the long form: KYU_FUZZ_REQUESTS=100000. */
const REQUESTS = Number(process.env['KYU_FUZZ_REQUESTS'] ?? 3_000);
const AT_ONCE = 8;
const SOME_ID = '01900000-0000-7000-8000-000000000000';

let ledger: TestLedger;

beforeAll(async () => {
  ledger = await TestLedger.open('dash_fuzz');
});

afterAll(() => ledger.close());

const HOSTILE = fc.constantFrom(
  '',
  ' ',
  '%',
  '%00',
  '\u0000',
  '\ud800',
  '\u202e',
  '../../etc/passwd',
  "'; drop table kyu_jobs; --",
  '<script>alert(1)</script>',
  '__proto__',
  'constructor',
  'toString',
  '-1',
  '1e309',
  '9007199254740993',
  'NaN',
  'null',
  'x'.repeat(5_000),
  SOME_ID,
  `${SOME_ID.slice(0, -1)}g`,
  '*',
  '$1',
  '{}',
  '[]',
  'status:dead',
  'type:"',
  'payload.a.b:',
  '-status:x age>1h error:"',
  '2030-01-01T00:00:00Z',
  '+275761-01-01',
  '5m',
);
const word = fc.oneof(HOSTILE, fc.string({ unit: 'binary', maxLength: 40 }));
const value = fc.oneof(
  word,
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom(null, true, -0, 1e308, [], {}, [null], { __proto__: 1 }),
);

const asked = fc.record({
  route: fc.constantFrom(...DASHBOARD_ROUTES),
  words: fc.array(word, { minLength: 2, maxLength: 2 }),
  query: fc.dictionary(
    fc.oneof(
      fc.constantFrom('query', 'limit', 'cursor', 'sort', 'order', 'window', 'at', 'jobId', 'action'),
      word,
    ),
    word,
    { maxKeys: 3 },
  ),
  body: fc.oneof(
    fc.dictionary(
      fc.oneof(
        fc.constantFrom(
          'type',
          'payload',
          'options',
          'query',
          'ids',
          'dryRun',
          'reason',
          'limit',
          'when',
          'types',
          'cron',
          'timezone',
          'priority',
          'tags',
          'deadlineAt',
          'queue',
          'code',
        ),
        word,
      ),
      value,
      { maxKeys: 5 },
    ),
    word,
  ),
  goodType: fc.boolean(),
});

interface Asked {
  readonly route: (typeof DASHBOARD_ROUTES)[number];
  readonly words: readonly string[];
  readonly query: Readonly<Record<string, string>>;
}

/** As a header and a path can carry it at all. */
function pathFor({ route, words, query }: Asked): string {
  let next = 0;
  const path = route.path.replaceAll(/:\w+/g, () => encode(words[next++] ?? ''));
  const pairs = Object.entries(query).map(([name, text]) => `${encode(name)}=${encode(text)}`);
  return `/kyu/api/v1/${path}${pairs.length === 0 ? '' : `?${pairs.join('&')}`}`;
}

function encode(text: string): string {
  try {
    return encodeURIComponent(text);
  } catch {
    return encodeURIComponent(text.toWellFormed());
  }
}

describe.each(ADAPTERS)('hostile requests on %s', (adapter) => {
  let open: DashboardApp;

  beforeAll(async () => {
    open = await openDashboardApp({ adapter, kyu: ledger.options({ autoStart: false }) });
  });

  afterAll(() => open.app.close());

  it(
    'F91 are answered without a server error, as JSON with a code, and never as a page',
    async () => {
      const samples = fc.sample(asked, REQUESTS / ADAPTERS.length);
      const bad: string[] = [];
      await inParallel(samples, async (sample) => {
        const { route, body, goodType } = sample;
        const path = pathFor(sample);
        const answer = await send(open.url, {
          method: route.method,
          path,
          headers: { ...UNFORGED, ...(goodType ? {} : { 'content-type': 'text/html' }) },
          ...(route.method === 'GET' ? {} : { body }),
        });
        const objection = objectionTo(answer, route.answers);
        if (objection !== '') bad.push(`${route.method} ${path} ${JSON.stringify(body)}: ${objection}`);
      });
      expect(bad).toEqual([]);
    },
    Math.max(60_000, REQUESTS * 20),
  );
});

function objectionTo(answer: ApiAnswer, answers: string): string {
  const { status, headers, text } = answer;
  if (status >= 500) return `${status} ${text}`;
  const type = String(headers['content-type'] ?? '');
  if (type.includes('text/html')) return `a page: ${text.slice(0, 80)}`;
  if (status >= 400) return /^[A-Z_]+$/.test(answer.json.error?.code ?? '') ? '' : `no code in ${text}`;
  return answers === 'redirect' || type.startsWith('application/json') || type.startsWith('text/event-stream')
    ? ''
    : `${status} of type ${type}`;
}

async function inParallel<Item>(
  items: readonly Item[],
  action: (item: Item) => Promise<void>,
): Promise<void> {
  const left = [...items];
  const worker = async (): Promise<void> => {
    for (let item = left.pop(); item !== undefined; item = left.pop()) await action(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}
