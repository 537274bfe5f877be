import { get as httpGet, type IncomingMessage } from 'node:http';
import { KyuProducer } from 'nestjs-kyu';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { send } from '../support/dashboard/api-client.js';
import { ADAPTERS, openDashboardApp } from '../support/dashboard/dashboard-app.js';
import { eventually } from '../support/eventually.js';
import { closeOnce } from '../support/kyu-app.js';
import { TestLedger } from '../support/test-ledger.js';

let ledger: TestLedger;

beforeAll(async () => {
  ledger = await TestLedger.open('dash_live');
});

afterAll(() => ledger.close());

interface Listener {
  readonly response: IncomingMessage;
  readonly told: () => string;
  readonly isOver: () => boolean;
}

function listen(url: string): Promise<Listener> {
  return new Promise((resolve, reject) => {
    httpGet(`${url}/kyu/api/v1/events`, (response) => {
      let told = '';
      let isOver = false;
      response.on('data', (chunk: Buffer) => (told += chunk.toString()));
      response.on('close', () => (isOver = true));
      resolve({ response, told: () => told, isOver: () => isOver });
    }).on('error', reject);
  });
}

describe.each(ADAPTERS)('the stream of news on %s', (adapter) => {
  it('F93 tells what changed within seconds, and ends with the application', async () => {
    const { app, url } = await openDashboardApp({ adapter, kyu: ledger.options({ autoStart: false }) });
    const pages = await Promise.all([listen(url), listen(url)]);
    for (const { response } of pages) {
      expect(response.statusCode).toBe(200);
      expect(response.headers).toMatchObject({
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
      });
    }
    await eventually(() =>
      pages.forEach(({ told }) => expect(told()).toMatch(/^retry: 2000\n\nevent: changed\ndata: /)),
    );
    const before = pages.map(({ told }) => told().length);
    await app.get(KyuProducer).enqueue('something', null);
    await eventually(() =>
      pages.forEach(({ told }, index) => {
        const news = told().slice(before[index]);
        expect(news).toMatch(/"topics":\[[^\]]*"jobs"/);
        expect(news).toMatch(/"pending":[1-9]/);
      }),
    );
    const startedAt = performance.now();
    await closeOnce(app);
    expect(performance.now() - startedAt).toBeLessThan(5_000);
    await eventually(() => expect(pages.every(({ isOver }) => isOver())).toBe(true));
  });

  it('answers HEAD without opening a stream', async () => {
    const { app, url } = await openDashboardApp({ adapter, kyu: ledger.options({ autoStart: false }) });
    expect((await send(url, { method: 'HEAD', path: '/kyu/api/v1/events' })).status).toBe(200);
    await closeOnce(app);
  });
});
