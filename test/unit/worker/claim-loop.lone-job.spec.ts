import { describe, expect, it } from 'vitest';
import type { Claim } from '../../../lib/core/claim.js';
import type { Dispatcher } from '../../../lib/core/ports/dispatcher.js';
import { SlotBook } from '../../../lib/worker/slot-book.js';
import { ManualClock } from '../../support/observability/manual-clock.js';
import { claimOf, handlerOf, settled } from '../../support/worker/claims.js';
import { startClaimLoop } from '../../support/worker/start-claim-loop.js';

/** Four slots, before a queue that is empty at first. The clock stands still: nothing comes from a poll. */
function startLoop(mode: Dispatcher['mode'], foreign = 0) {
  const slots = new SlotBook(4, [handlerOf({ concurrency: 4 })]);
  const pending: Claim[] = [];
  const asked: string[] = [];
  const started: string[] = [];
  let rubbish = foreign;
  const take: Dispatcher['take'] = async (_queue, _rooms, limit) => {
    if (mode !== 'redis') return { kind: 'look' };
    asked.push('dispatcher');
    const skipped = Math.min(rubbish, limit - 1);
    rubbish -= skipped;
    const ids = pending.slice(0, limit - skipped).map(({ id }) => id);
    return { kind: 'hints', ids, lowTypes: [], left: rubbish + pending.length - ids.length };
  };
  const loop = startClaimLoop({
    clock: new ManualClock(),
    slots,
    dispatcher: { take, mode },
    ledger: {
      claimById: async (_worker, _queue, _types, ids) => pending.splice(0, ids.length),
      claimByQueue: async (_worker, _queue, _rooms, limit) => {
        asked.push('ledger');
        return pending.splice(0, limit);
      },
    },
    onClaims: (claims) => started.push(...claims.map(({ id }) => id)),
  });
  const enqueue = async (...claims: Claim[]): Promise<void> => {
    await settled();
    asked.length = 0;
    pending.push(...claims);
    loop.wake();
    await settled();
  };
  return { loop, asked, started, enqueue };
}

describe('ClaimLoop with one job at a time', () => {
  it('asks the dispatcher once for each', async () => {
    const { loop, asked, started, enqueue } = startLoop('redis');
    for (let job = 1; job <= 3; job += 1) {
      await enqueue(claimOf());
      expect(asked).toEqual(['dispatcher']);
      expect(started).toHaveLength(job);
    }
    await loop.stop();
  });

  it('asks the ledger once for each, without a dispatcher', async () => {
    const { loop, asked, started, enqueue } = startLoop('postgres');
    await enqueue(claimOf());
    expect(asked).toEqual(['ledger']);
    expect(started).toHaveLength(1);
    await loop.stop();
  });

  it('goes on where the dispatcher says that it has more, though it gave less than was asked for', async () => {
    const { loop, started, enqueue } = startLoop('redis', 6);
    await enqueue(claimOf(), claimOf(), claimOf());
    expect(started).toHaveLength(3);
    await loop.stop();
  });
});
