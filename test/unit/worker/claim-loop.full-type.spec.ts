import { describe, expect, it } from 'vitest';
import type { Claim } from '../../../lib/core/claim.js';
import type { Dispatcher } from '../../../lib/core/ports/dispatcher.js';
import type { RunLedger } from '../../../lib/core/ports/run-ledger.js';
import { SlotBook } from '../../../lib/worker/slot-book.js';
import { ManualClock } from '../../support/observability/manual-clock.js';
import { claimOf, handlerOf, settled } from '../../support/worker/claims.js';
import { startClaimLoop } from '../../support/worker/start-claim-loop.js';

describe('ClaimLoop with a job type at its own limit', () => {
  it('takes the next job of that type as soon as one of it ends, though other types had room all the time', async () => {
    const mails = Array.from({ length: 3 }, () => claimOf({ type: 'mail' }));
    const { loop, running, end } = startLoop(mails);
    await settled();
    expect(running()).toEqual([mails[0]?.id, mails[1]?.id]);

    // The clock stands still: whatever happens now does not come from a poll.
    end(mails[0]!); // there are three
    await settled();
    expect(running()).toEqual([mails[1]?.id, mails[2]?.id]);
    await loop.stop();
  });
});

describe('ClaimLoop with a queue at its own limit', () => {
  it('asks nobody for jobs of it', async () => {
    const slots = new SlotBook(5, [handlerOf({ concurrency: 5 })], new Map([['shop', 1]]));
    const limits: number[] = [];
    const loop = startClaimLoop({
      clock: new ManualClock(),
      slots,
      dispatcher: { mode: 'postgres', take: async () => ({ kind: 'look' }) },
      ledger: {
        claimByQueue: async (_worker, _queue, _rooms, limit) => {
          limits.push(limit);
          return [claimOf()];
        },
      },
      onClaims: (claims) => claims.forEach((claim) => slots.take(claim)),
    });
    await settled();
    loop.wake();
    await settled();
    expect(limits).toEqual([1]);
    await loop.stop();
  });
});

/** Five slots, two of them for mails at most; the dispatcher gives what there is room for. */
function startLoop(pending: readonly Claim[]) {
  const slots = new SlotBook(5, [
    handlerOf({ type: 'mail', concurrency: 2 }),
    handlerOf({ type: 'report', concurrency: 5 }),
  ]);
  const left = [...pending];
  const running = new Set<Claim>();
  const take: Dispatcher['take'] = async (_queue, rooms) => {
    const room = rooms.find(({ type }) => type === 'mail')?.size ?? 0;
    return { kind: 'hints', ids: left.splice(0, room).map(({ id }) => id), lowTypes: [], left: 0 };
  };
  const claimById: RunLedger['claimById'] = async (_worker, _queue, _types, ids) =>
    pending.filter(({ id }) => ids.includes(id));
  const loop = startClaimLoop({
    clock: new ManualClock(),
    slots,
    dispatcher: { take },
    ledger: { claimById },
    onClaims: (claims) => {
      for (const claim of claims) {
        slots.take(claim);
        running.add(claim);
      }
    },
  });
  const end = (claim: Claim): void => {
    running.delete(claim);
    slots.giveBack(claim);
    loop.roomFreed();
  };
  return { loop, running: () => [...running].map(({ id }) => id), end };
}
