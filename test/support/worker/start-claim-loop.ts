import { EventBus } from '../../../lib/core/event-bus.js';
import type { Dispatcher } from '../../../lib/core/ports/dispatcher.js';
import type { RunLedger } from '../../../lib/core/ports/run-ledger.js';
import { QueueRotation } from '../../../lib/core/queue-rotation.js';
import { ClaimAhead } from '../../../lib/worker/claim-ahead.js';
import { ClaimLoop, type ClaimParts } from '../../../lib/worker/claim-loop.js';
import { PauseWatch } from '../../../lib/worker/pause-watch.js';
import type { ManualClock } from '../observability/manual-clock.js';

/** What a test of the claim loop brings itself; of the dispatcher and the ledger only what is asked for. */
interface Stage
  extends
    Pick<ClaimParts, 'slots' | 'onClaims'>,
    Partial<Pick<ClaimParts, 'events' | 'pauses' | 'handBackUnheard'>> {
  readonly clock: ManualClock;
  readonly dispatcher: Partial<Dispatcher>;
  readonly ledger: Partial<RunLedger>;
}

export const POLL_MS = 5_000;

/** Starts the claim loop of a living worker that serves the queue `shop`. */
export function startClaimLoop({ dispatcher, ledger, ...parts }: Stage): ClaimLoop {
  const { clock, slots } = parts;
  const loop = new ClaimLoop({
    rotation: new QueueRotation(new Map([['shop', 1]]), 'weighted'),
    dispatcher: {
      mode: 'redis',
      withdraw: async () => {},
      withdrawUpTo: async () => {},
      ...dispatcher,
    } as Dispatcher,
    ledger: ledger as RunLedger,
    ahead: new ClaimAhead(clock, slots.size),
    pauses: new PauseWatch({ pauses: { list: async () => [] }, queues: ['shop'], clock }),
    events: new EventBus(() => {}),
    workerId: () => 'worker-1',
    mayClaim: () => true,
    handBackUnheard: async () => {},
    onForgotten: async () => {},
    onLow: () => {},
    pollIntervalMs: POLL_MS,
    ...parts,
  });
  loop.start();
  return loop;
}
