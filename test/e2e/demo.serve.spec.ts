import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildOnce } from '../support/build-once.js';
import { DemoRun } from '../support/demo/demo-run.js';
import { ordersSample } from '../support/demo/orders-sample.js';
import { eventually } from '../support/eventually.js';

const ORDERS = 20;
/** Three processes and two stores start; a busy machine may take its time. */
const START_MS = 120_000;
const LONGEST_END_MS = 15_000;

interface OrdersSummary {
  readonly orders: number;
  readonly paid: number;
}

let folder: string;
let demo: DemoRun;

beforeAll(() => buildOnce(), 150_000);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kyu-serve-'));
  // Root's PostgreSQL runs as another user, who must be able to pass through.
  await chmod(folder, 0o755);
  await mkdir(join(folder, 'stores'), { mode: 0o755 });
  await writeFile(join(folder, 'orders.csv'), (await ordersSample(ORDERS)).content);
});

afterEach(async () => {
  demo.abandon();
  await demo.ended;
  await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 });
});

describe('npm run demo -- --serve', () => {
  it(
    'F120 goes on with the dashboard, its health, its metrics and new orders, and ends well with Ctrl-C',
    async () => {
      demo = new DemoRun(
        ['--serve', '--folder', join(folder, 'run'), join(folder, 'orders.csv')],
        join(folder, 'stores'),
      );
      await demo.hasPrinted(/The shop stays open until Ctrl-C/, START_MS);

      for (const address of addresses()) {
        const response = await fetch(address);
        expect(response.status, address).toBe(200);
        expect((await response.text()).length, address).toBeGreaterThan(0);
      }
      expect(addresses()).toHaveLength(6);
      await expectDashboard(addressOf('dashboard'));
      await expectNewOrders(addressOf('API'));

      const interruptedAtMs = performance.now();
      demo.interrupt();
      expect(await demo.ended, demo.output).toBe(0);
      expect(performance.now() - interruptedAtMs).toBeLessThan(LONGEST_END_MS);
      await eventually(async () => expect(await readdir(join(folder, 'stores'))).toEqual([]));
    },
    START_MS + 2 * LONGEST_END_MS,
  );
});

/** Every HTTP address that is printed at the end. */
function addresses(): string[] {
  const served = demo.output.slice(demo.output.indexOf('Every job is accounted for'));
  return [...served.matchAll(/http:\/\/127\.0\.0\.1:\d+\S*/g)].map(([address]) => address);
}

function addressOf(name: string): string {
  const address = new RegExp(`^${name} +(http://\\S+)`, 'm').exec(demo.output)?.[1];
  if (address === undefined) throw new Error(`There is no ${name} in:\n${demo.output}`);
  return address;
}

/** The page, its script, and the jobs of the demo in its API. */
async function expectDashboard(address: string): Promise<void> {
  const page = await (await fetch(address)).text();
  const [script = ''] = /(?<=src=")[^"]+\.js(?=")/.exec(page) ?? [];
  expect((await fetch(new URL(script, address))).headers.get('content-type')).toContain('javascript');
  const jobs = await fetch(`${address}/api/v1/jobs?query=${encodeURIComponent('type:process_payment')}`);
  expect(jobs.status).toBe(200);
  expect(JSON.stringify(await jobs.json())).toContain('process_payment');
}

/** More orders than the file has, and paid by now. */
async function expectNewOrders(address: string): Promise<void> {
  await eventually(
    async () => {
      const { orders, paid } = (await (await fetch(address)).json()) as OrdersSummary;
      expect(orders).toBeGreaterThan(ORDERS + 1);
      // One card is always refused.
      expect(paid).toBeGreaterThan(ORDERS - 1);
    },
    { withinMs: 15_000 },
  );
}
