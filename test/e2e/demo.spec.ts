import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildOnce } from '../support/build-once.js';
import { inRepository } from '../support/deploy/repository.js';
import { DemoRun } from '../support/demo/demo-run.js';
import { ordersSample, type OrdersSample } from '../support/demo/orders-sample.js';
import { eventually } from '../support/eventually.js';

const ORDERS = 60;
const LONGEST_RUN_MS = 150_000;

let sample: OrdersSample;
let folder: string;
let demo: DemoRun;

beforeAll(async () => {
  await buildOnce();
  sample = await ordersSample(ORDERS);
}, 150_000);

describe('npm run demo', () => {
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kyu-demo-'));
    // Root's PostgreSQL runs as another user, who must be able to pass through.
    await chmod(folder, 0o755);
    await mkdir(join(folder, 'stores'), { mode: 0o755 });
    await writeFile(join(folder, 'orders.csv'), sample.content);
  });

  afterEach(async () => {
    demo.abandon();
    await demo.ended;
    await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 });
  });

  it(
    'F120 places orders, runs their jobs in two workers, and accounts for every one of them',
    async () => {
      start();

      expect(await demo.ended, demo.output).toBe(0);
      expectEveryJobAccountedFor();
      expect(demo.output).toMatch(/\d+ of \d+ jobs ended/);
      expect(demo.output).toContain(`input    ${ORDERS} orders placed, 1 bad line skipped`);
      expect(demo.output).toContain('line 2: amount_cents "twelve euros" is not a whole number');
      expect(demo.output).toContain(`letters  ${sample.letters - 1} delivered, 0 of them twice, 1 refused`);
      expect(demo.output).toContain(`charges  ${ORDERS - 1} taken, 0 orders charged twice`);
      expect(demo.output).toMatch(/1 x process_payment, such as: CardRefusedError: .*402/);
      expect(demo.output).toMatch(/1 x send_email, such as: DiscardJob: .*No mailbox here/);
      expect(await readFile(reportFile(), 'utf8')).toMatch(/^<!doctype html>[^]*Jobs that ended, per second/);
      await expectNothingLeft();
    },
    LONGEST_RUN_MS,
  );

  it(
    'accounts for every job although a worker is killed, and Redis is flushed and stopped',
    async () => {
      start('--chaos');

      expect(await demo.ended, demo.output).toBe(0);
      expectEveryJobAccountedFor();
      for (const fault of [
        /SIGKILL of a worker: [1-9]\d* jobs? under way$/m,
        /FLUSHALL: [1-9]\d* waiting jobs? forgotten by Redis$/m,
        /Redis away for 10\.0 s: [1-9]\d* jobs? ended meanwhile$/m,
        /[1-9]\d* runs? taken back from a dead worker$/m,
      ]) {
        expect(demo.output).toMatch(fault);
      }
      await expectNothingLeft();
    },
    LONGEST_RUN_MS,
  );

  it(
    'stops everything when it is interrupted on the way',
    async () => {
      start();
      await demo.hasPrinted(/The API and the workers are starting/, 60_000);
      demo.interrupt();

      expect(await demo.ended, demo.output).toBe(130);
      expect(demo.output).toContain('SIGINT: everything is being stopped');
      await expectNothingLeft();
    },
    LONGEST_RUN_MS,
  );

  it.each([
    ['an option that does not exist', ['--cahos'], 2, "Unknown option '--cahos'"],
    ['a file that does not exist', ['/nowhere/orders.csv'], 1, 'ENOENT'],
  ])('starts nothing with %s', async (_, given, exitCode, complaint) => {
    demo = new DemoRun(given, join(folder, 'stores'));

    expect(await demo.ended, demo.output).toBe(exitCode);
    expect(demo.output).toContain(complaint);
    expect(demo.output).not.toContain('PostgreSQL');
  });
});

describe('the shipped orders', () => {
  it('are where the compiled demo looks for them', async () => {
    const compiled = pathToFileURL(inRepository('dist/sample/000-quick-start/demo/demo-arguments.js')).href;
    const { readArguments } = (await import(compiled)) as {
      readArguments: (given: readonly string[]) => { ordersPath: string };
    };

    expect(readArguments([]).ordersPath).toBe(inRepository('sample/000-quick-start/data/orders.csv'));
  });
});

function start(...options: string[]): void {
  const given = [...options, '--folder', join(folder, 'run'), join(folder, 'orders.csv')];
  demo = new DemoRun(given, join(folder, 'stores'));
}

/** Two jobs are dead by design: the card that is always refused, and the mailbox that does not exist. */
function expectEveryJobAccountedFor(): void {
  const jobs = ORDERS + sample.letters + 1;
  expect(demo.output).toMatch(new RegExp(`^process_payment +${ORDERS} +${ORDERS - 1} +1 `, 'm'));
  expect(demo.output).toMatch(new RegExp(`^send_email +${sample.letters} +${sample.letters - 1} +1 `, 'm'));
  expect(demo.output).toMatch(/^generate_report +1 +1 +0 /m);
  expect(demo.output).toContain(
    `Every job is accounted for: ${jobs} enqueued = ${jobs - 2} completed + 2 dead, 0 lost, 0 unexplained.`,
  );
}

function reportFile(): URL {
  const address = /^report +(file:\/\/\S+)$/m.exec(demo.output)?.[1];
  if (address === undefined) throw new Error(`No report in:\n${demo.output}`);
  return new URL(address);
}

async function expectNothingLeft(): Promise<void> {
  const { pids, ports } = demo.traces();
  expect(ports.length).toBeGreaterThanOrEqual(2);
  for (const port of ports) expect(await isOpen(port), `port ${port}`).toBe(false);
  for (const pid of pids) expect(isAlive(pid), `pid ${pid}`).toBe(false);
  // The last to go is the guard of a store, a moment after the demo itself.
  await eventually(async () => expect(await readdir(join(folder, 'stores'))).toEqual([]));
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
