import { expect, it, onTestFinished } from 'vitest';
import { EventBus } from '../../../lib/core/event-bus.js';
import type { JobContext } from '../../../lib/core/job-context.js';
import type { Dispatcher } from '../../../lib/core/ports/dispatcher.js';
import type { RunLedger } from '../../../lib/core/ports/ledger.js';
import { QueueRotation } from '../../../lib/core/queue-rotation.js';
import { MemoryLedger } from '../../../lib/testing/memory-ledger.js';
import { WorkerPool } from '../../../lib/worker/worker-pool.js';
import { draftOf, identityOf, QUEUE, TYPE } from '../../support/ledger/ledger-stage.js';
import { ManualClock } from '../../support/observability/manual-clock.js';
import { handlerOf, settled, tableOf } from '../../support/worker/claims.js';

const WORKER = '01900000-0000-4000-8000-000000000001';
const SILENT = { log: () => {}, warn: () => {}, error: () => {}, debug: () => {} };

/** A dispatcher that knows nothing, so that the ledger is asked. */
const NOBODY: Dispatcher = {
  windowSize: 100,
  mode: 'postgres',
  announce: async () => {},
  take: async () => ({ kind: 'look' }),
  restore: async () => ({ added: 0 }),
  start: async () => {},
  stop: async () => {},
};

/** A pool with one slot whose ledger gives it more than that, as claiming ahead does. */
function openPool(invoke: (payload: unknown, job: JobContext) => unknown) {
  const clock = new ManualClock();
  const events = new EventBus();
  const ledger = new MemoryLedger(clock);
  const generous: RunLedger = Object.assign(Object.create(ledger.runs) as RunLedger, {
    claimByQueue: (workerId: string) =>
      ledger.runs.claimByQueue(workerId, QUEUE, [{ type: TYPE, size: 10 }], 10),
  });
  const pool = new WorkerPool({
    handlers: tableOf(handlerOf({ type: TYPE, invoke })),
    rotation: new QueueRotation(new Map([[QUEUE, 1]]), 'weighted'),
    ledger: generous,
    openRuns: ledger.openRuns,
    registry: ledger.registry,
    dispatcher: NOBODY,
    clock,
    events,
    logger: SILENT,
    enqueueChild: () => Promise.reject(new Error('no test here has children')),
    newWorkerId: () => WORKER,
    describe: () => identityOf({ workerId: WORKER }),
    onForgotten: async () => {},
    onLow: () => {},
    pendingTypes: async () => [],
    countPending: async () => 0,
    readings: ledger.readings,
    pauses: ledger.operator.pauses,
    limits: {
      workers: 1,
      scaling: null,
      onUnknown: 'leave',
      queueLimits: new Map(),
      beatMs: 2_000,
      leaseMs: 10_000,
      watchdog: false,
      pollIntervalMs: 1_000,
      staleJobTimeoutMs: 600_000,
      shutdownGraceMs: 0,
    },
  });
  onTestFinished(async () => {
    const drained = pool.drain(0);
    for (let turn = 0; turn < 10; turn += 1) {
      clock.advance(500);
      await settled();
    }
    await drained;
  });
  return { clock, ledger, pool };
}

it('F79 a claim that waits for a slot is cancelled without its handler', async () => {
  const started: string[] = [];
  const { clock, ledger, pool } = openPool((_payload, job) => {
    started.push(job.id);
    return new Promise(() => {});
  });
  const drafts = [draftOf(), draftOf()];
  await ledger.intake.insert(drafts);
  await pool.start();
  await settled();
  const [running, waiting] = drafts.map(({ id }) => id);
  expect(started).toEqual([running]);
  expect(pool.inFlight).toBe(2);
  await ledger.inspection.cancel(waiting ?? '', 'not needed');
  clock.advance(1_000);
  await settled();
  expect(await ledger.inspection.find(waiting ?? '')).toMatchObject({
    status: 'cancelled',
    errorMessage: 'not needed',
    run: 1,
  });
  expect(started).toEqual([running]);
  expect(pool.inFlight).toBe(1);
});
