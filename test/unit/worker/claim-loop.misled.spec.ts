import { afterEach, describe, expect, it } from 'vitest';
import type { Claim } from '../../../lib/core/claim.js';
import type { Dispatcher } from '../../../lib/core/ports/dispatcher.js';
import type { ClaimLoop } from '../../../lib/worker/claim-loop.js';
import { PauseWatch } from '../../../lib/worker/pause-watch.js';
import { SlotBook } from '../../../lib/worker/slot-book.js';
import { ManualClock } from '../../support/observability/manual-clock.js';
import { claimOf, handlerOf, settled } from '../../support/worker/claims.js';
import { POLL_MS, startClaimLoop } from '../../support/worker/start-claim-loop.js';

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
  let pausesRead = 0;
  const list = async () => {
    pausesRead += 1;
    return [];
  };
  const pauses = new PauseWatch({ pauses: { list }, queues: ['shop'], clock });
  const take: Dispatcher['take'] = async () => {
    const ids = hinted < claims ? ['one', 'two'] : [];
    hinted += 1;
    return { kind: 'hints', ids, lowTypes: [], left: hinted < claims ? 2 : 0 };
  };
  const begunMs = clock.monotonicMs();
  const loop = startClaimLoop({
    clock,
    slots,
    dispatcher: { take },
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
    },
    pauses,
    onClaims: () => {},
  });
  return { loop, clock, foundAtMs, pausesRead: () => pausesRead, untilRest: () => untilRest(loop) };
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

  it('asks anew what rests after each claim that brought less than was hinted at: they may be of a paused queue', async () => {
    stage = startLoop({ wrong: 5, claims: 5 });
    await stage.untilRest();
    // Once at the beginning, and the clock moves by less than what counts as fresh.
    expect(stage.pausesRead()).toBeGreaterThan(3);
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
