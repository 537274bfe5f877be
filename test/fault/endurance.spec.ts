import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { buildOnce } from '../support/build-once.js';
import { recordFigure } from '../support/fault/figures.js';
import { LedgerView } from '../support/fault/ledger-view.js';
import { toEnvironment } from '../support/fault/process-settings.js';
import { heapSlopeMb, type TreadmillReading } from '../support/fault/treadmill-reading.js';

/** `KYU_FAULT_JOBS=1000000` is the long form. */
const JOBS = Number(process.env['KYU_FAULT_JOBS'] ?? 60_000);
/** Caches fill, code is compiled, pools open: what comes after is the slope. */
const WARM_UP_JOBS = 20_000;
const STEEPEST_SLOPE_MB = 2;
const SCHEMA = 'fault_endurance';
const SCRIPT = fileURLToPath(new URL('../../dist/test/fault/processes/treadmill.js', import.meta.url));

describe('many small jobs in one process', () => {
  const ledger = new LedgerView(inject('databaseUrl'), SCHEMA);

  beforeAll(() => buildOnce());
  afterAll(() => ledger.query(`drop schema if exists ${SCHEMA} cascade`));

  it('leave nothing behind: heap, timers, sockets and listeners stay as they were', async () => {
    const begunAt = performance.now();
    const readings = await run();
    const [first, ...others] = readings.filter(({ jobs }) => jobs >= WARM_UP_JOBS);
    if (first === undefined) throw new Error('it ended while it got warm');
    const slope = heapSlopeMb([first, ...others]);
    recordFigure('heap_slope_mb_per_100k_jobs', Math.round(slope * 100) / 100);
    const seconds = (performance.now() - begunAt) / 1_000;
    console.log(
      `${JOBS} small jobs in ${seconds.toFixed(1)} s: heap ${first.heapMb.toFixed(1)} MB after ${first.jobs} jobs, ` +
        `${others.at(-1)?.heapMb.toFixed(1)} MB at the end, slope ${slope.toFixed(2)} MB per 100,000 jobs; ` +
        `timers ${first.timers} and ${others.at(-1)?.timers}, sockets ${first.sockets} and ${others.at(-1)?.sockets}.`,
    );
    expect(others.length).toBeGreaterThanOrEqual(5);
    expect(slope).toBeLessThanOrEqual(STEEPEST_SLOPE_MB);
    for (const { listeners, sockets, timers, warnings } of others) {
      expect(warnings).toEqual([]);
      expect(listeners).toBe(first.listeners);
      // A pool may open another connection, and its timer, at any time; it may not go on doing so.
      expect(timers).toBeLessThanOrEqual(first.timers + 10);
      expect(sockets).toBeLessThanOrEqual(first.sockets + 10);
    }
    const [row] = await ledger.query<{ count: number }>(
      `select count(*)::int as count from ${SCHEMA}.kyu_jobs where status = 'completed' and run = 1`,
    );
    expect(row?.count).toBe(JOBS);
  });
});

/** Runs the process to its end, and answers what it said. */
async function run(): Promise<TreadmillReading[]> {
  const settings = {
    ...{ dsn: inject('databaseUrl'), redis: inject('redisUrl'), schema: SCHEMA, queue: 'fault_endurance' },
    ...{ workers: 50, leaseMs: 10_000, beatMs: 2_000, graceMs: 5_000, eventFile: '/dev/null' },
  };
  const child = spawn(process.execPath, ['--expose-gc', SCRIPT], {
    env: { ...process.env, ...toEnvironment(settings), KYU_FAULT_JOBS: String(JOBS) },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const readings: TreadmillReading[] = [];
  child.on('message', (reading) => readings.push(reading as TreadmillReading));
  const [code] = (await once(child, 'exit')) as [number | null];
  expect(code).toBe(0);
  return readings;
}
