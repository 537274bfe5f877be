import { onTestFinished } from 'vitest';
import type { Claim } from '../../../lib/core/claim.js';
import { EventBus } from '../../../lib/core/event-bus.js';
import type { JobContext } from '../../../lib/core/job-context.js';
import type { Dispatcher } from '../../../lib/core/ports/dispatcher.js';
import type { RunLedger } from '../../../lib/core/ports/run-ledger.js';
import type { WorkerRegistry } from '../../../lib/core/ports/worker-registry.js';
import { QueueRotation } from '../../../lib/core/queue-rotation.js';
import { MemoryLedger } from '../../../lib/testing/memory-ledger.js';
import { WorkerPool } from '../../../lib/worker/worker-pool.js';
import { identityOf, QUEUE, TYPE } from '../ledger/ledger-stage.js';
import { ManualClock } from '../observability/manual-clock.js';
import { handlerOf, settled, tableOf } from './claims.js';

const WORKER = '01900000-0000-4000-8000-000000000001';
const SILENT = { log: () => {}, warn: () => {}, error: () => {}, debug: () => {} };

/** A dispatcher that knows nothing, so that the ledger is asked. */
const NOBODY: Dispatcher = {
  windowSize: 100,
  mode: 'postgres',
  announce: async () => {},
  take: async () => ({ kind: 'look' }),
  restore: async () => ({ added: 0 }),
  withdraw: async () => {},
  withdrawUpTo: async () => {},
  start: async () => {},
  stop: async () => {},
};

/** What a test may stand in the way of. */
interface Obstacles {
  /** The way of a reply to a claim. */
  readonly claimed: (claims: Claim[]) => Promise<Claim[]>;
  /** Before a beat reaches the ledger. */
  readonly beat: () => Promise<void>;
}

/** A pool with one slot whose ledger gives it more than that, as claiming ahead does. */
export function openPool(
  invoke: (payload: unknown, job: JobContext) => unknown,
  { beat = async () => {}, claimed = async (claims) => claims }: Partial<Obstacles> = {},
) {
  const clock = new ManualClock();
  const events = new EventBus();
  const ledger = new MemoryLedger(clock);
  const generous: RunLedger = Object.assign(Object.create(ledger.runs) as RunLedger, {
    claimByQueue: async (workerId: string) =>
      claimed(await ledger.runs.claimByQueue(workerId, QUEUE, [{ type: TYPE, size: 10 }], 10)),
  });
  const registry: WorkerRegistry = Object.assign(Object.create(ledger.registry) as WorkerRegistry, {
    beat: async (workerId: string, leaseMs: number) => {
      await beat();
      return ledger.registry.beat(workerId, leaseMs);
    },
  });
  const pool = new WorkerPool({
    handlers: tableOf(handlerOf({ type: TYPE, invoke })),
    rotation: new QueueRotation(new Map([[QUEUE, 1]]), 'weighted'),
    ledger: generous,
    openRuns: ledger.openRuns,
    registry,
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
      localClaim: true,
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
