import { afterEach, describe, expect, it } from 'vitest';
import type { Claim } from '../../../lib/core/claim.js';
import { EventBus } from '../../../lib/core/event-bus.js';
import type { Dispatcher } from '../../../lib/core/ports/dispatcher.js';
import type { RunLedger } from '../../../lib/core/ports/run-ledger.js';
import { QueueRotation } from '../../../lib/core/queue-rotation.js';
import { ClaimAhead } from '../../../lib/worker/claim-ahead.js';
import { ClaimLoop } from '../../../lib/worker/claim-loop.js';
import { PauseWatch } from '../../../lib/worker/pause-watch.js';
import { SlotBook } from '../../../lib/worker/slot-book.js';
import { ManualClock } from '../../support/observability/manual-clock.js';
import { claimOf, handlerOf, settled } from '../../support/worker/claims.js';

const POLL_MS = 5_000;
/** A claim takes so long, whether it brings something or not. */
const CLAIM_MS = 10;
const FEW = 4;

/**
 * A worker whose dispatcher gives so many hints that the ledger refuses, and then true ones, in all `claims` times.
 * Jobs end as soon as they have begun.
 */
function startLoop({ wrong, claims }: { wrong: number; claims: number }) {
  const clock = new ManualClock();
  const slots = new SlotBook(FEW, [handlerOf({ concurrency: FEW })]);
  const foundAtMs: number[] = [];
  let asked = 0;
  let hinted = 0;
  const take: Dispatcher['take'] = async () => {
    const ids = hinted < claims ? ['one', 'two'] : [];
    hinted += 1;
    return { kind: 'hints', ids, lowTypes: [], left: 0 };
  };
  const begunMs = clock.monotonicMs();
  const loop = new ClaimLoop({
    rotation: new QueueRotation(new Map([['shop', 1]]), 'weighted'),
    dispatcher: { take, withdraw: async () => {}, mode: 'redis' } as Partial<Dispatcher> as Dispatcher,
    ledger: {
      claimById: async (): Promise<Claim[]> => {
        clock.advance(CLAIM_MS);
        asked += 1;
        return asked > wrong ? [claimOf()] : [];
      },
      claimByQueue: async (): Promise<Claim[]> => {
        foundAtMs.push(clock.monotonicMs() - begunMs);
        return [claimOf()];
      },
    } as unknown as RunLedger,
    slots,
    ahead: new ClaimAhead(clock, FEW),
    pauses: new PauseWatch({ pauses: { list: async () => [] }, queues: ['shop'], clock }),
    clock,
    events: new EventBus(() => {}),
    workerId: () => 'worker-1',
    mayClaim: () => true,
    handBackUnheard: () => Promise.resolve(),
    onClaims: () => {},
    onForgotten: () => Promise.resolve(),
    onLow: () => {},
    pollIntervalMs: POLL_MS,
  });
  loop.start();
  return { loop, clock, foundAtMs, untilRest: () => untilRest(loop) };
}

async function untilRest(loop: ClaimLoop): Promise<void> {
  while (loop.isSearching) await settled();
}

describe('ClaimLoop whose hints are wrong', () => {
  let stage: ReturnType<typeof startLoop>;
  afterEach(() => stage.loop.stop());

  it('finds jobs in the ledger meanwhile, long before its next poll', async () => {
    stage = startLoop({ wrong: 400, claims: 400 });
    await stage.untilRest();
    expect(stage.foundAtMs.length).toBeGreaterThanOrEqual(20);
    expect(stage.foundAtMs[0]).toBeLessThanOrEqual(150);
    // Often enough, and no more often than that: the hints have to be got rid of as well.
    expect(stage.foundAtMs.length).toBeLessThanOrEqual(40);
  });

  it('asks the ledger for nothing as long as a few are wrong, as they are after every poll', async () => {
    stage = startLoop({ wrong: 5, claims: 400 });
    await stage.untilRest();
    expect(stage.foundAtMs).toEqual([]);
  });

  it('does not begin with the ledger after a rest: the wrong ones are gone', async () => {
    stage = startLoop({ wrong: 1, claims: 1 });
    await stage.untilRest();
    stage.clock.skip(POLL_MS / 2);
    stage.loop.wake();
    await settled();
    await stage.untilRest();
    expect(stage.foundAtMs).toEqual([]);
  });
});
