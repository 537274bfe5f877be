import { afterEach, describe, expect, it } from 'vitest';
import type { Claim } from '../../../lib/core/claim.js';
import type { Dispatcher } from '../../../lib/core/ports/dispatcher.js';
import type { RunLedger } from '../../../lib/core/ports/run-ledger.js';
import { SlotBook } from '../../../lib/worker/slot-book.js';
import { ManualClock } from '../../support/observability/manual-clock.js';
import { claimOf, handlerOf, settled } from '../../support/worker/claims.js';
import { startClaimLoop } from '../../support/worker/start-claim-loop.js';

const SLOTS = 500;
const FEW_SLOTS = 50;

/** Ids sort as text, as those of jobs do. */
function idOf(index: number): string {
  return `job-${String(index).padStart(5, '0')}`;
}

/** A worker with room for a whole claim, whose jobs end at once; the dispatcher holds the hints of all of them. */
function startLoop({ jobs }: { jobs: number }) {
  const clock = new ManualClock();
  const slots = new SlotBook(SLOTS, [handlerOf({ concurrency: SLOTS })]);
  const waiting = Array.from({ length: jobs }, (_, index) => claimOf({ id: idOf(index) }));
  const hinted = new Set(waiting.map(({ id }) => id));
  const said: string[] = [];
  const started: string[] = [];
  const dispatcher: Partial<Dispatcher> = {
    take: async (_queue, _rooms, limit) => {
      const ids = [...hinted].slice(0, limit);
      for (const id of ids) hinted.delete(id);
      said.push(`took ${ids.length}`);
      return { kind: 'hints', ids, lowTypes: [], left: hinted.size };
    },
    withdraw: async (queue, claimed) => {
      for (const { id } of claimed) hinted.delete(id);
      said.push(`withdrew ${claimed.length} of ${queue}`);
    },
    withdrawUpTo: async (queue, lasts, after) => {
      const isPassed = (id: string): boolean =>
        lasts.some((last) => id <= last.id) && (after === undefined || id >= after.id);
      for (const id of hinted) if (isPassed(id)) hinted.delete(id);
      said.push(
        `withdrew from ${after?.id ?? 'the head'} up to ${lasts.map(({ id }) => id).join()} of ${queue}`,
      );
    },
  };
  const give = (found: readonly Claim[]): Claim[] => {
    clock.advance(1);
    for (const claim of found) waiting.splice(waiting.indexOf(claim), 1);
    return [...found];
  };
  const ledger: Partial<RunLedger> = {
    claimById: async (_worker, _queue, _types, ids) => give(waiting.filter(({ id }) => ids.includes(id))),
    claimByQueue: async (_worker, _queue, _rooms, limit, after) =>
      give(waiting.filter(({ id }) => after === undefined || id > after.id).slice(0, limit)),
  };
  const loop = startClaimLoop({
    clock,
    slots,
    dispatcher,
    ledger,
    onClaims: (claims) => started.push(...claims.map(({ id }) => id)),
  });
  return { loop, said, started, hinted };
}

describe('ClaimLoop before a long line', () => {
  let stage: ReturnType<typeof startLoop>;
  afterEach(() => stage.loop.stop());

  async function untilRest(): Promise<void> {
    while (stage.loop.isSearching) await settled();
  }

  it('claims from the ledger itself, takes back the hints of what it found', async () => {
    stage = startLoop({ jobs: 8_000 });
    await untilRest();
    expect(new Set(stage.started).size).toBe(8_000);
    expect(stage.started).toHaveLength(8_000);
    // Five claims by hints come first, to know what they cost; and another may be under way by then.
    expect(stage.said.filter((line) => line === 'took 500').length).toBeLessThanOrEqual(6);
    expect(stage.said.some((line) => line.startsWith('withdrew from the head up to job-'))).toBe(true);
    expect(stage.said.some((line) => line.startsWith('withdrew from job-'))).toBe(true);
    expect(stage.hinted.size).toBe(0);
  });

  it('does not leave the dispatcher for a line that a claim or two can end', async () => {
    stage = startLoop({ jobs: 1_200 });
    await untilRest();
    expect(stage.started).toHaveLength(1_200);
    expect(stage.said).toEqual(['took 500', 'took 500', 'took 200']);
  });
});

describe('ClaimLoop with more slots than one claim fills', () => {
  it('fills them all at once, without a dispatcher and though no run ends', async () => {
    const slots = new SlotBook(2 * SLOTS, [handlerOf({ concurrency: 2 * SLOTS })]);
    const loop = startClaimLoop({
      clock: new ManualClock(),
      slots,
      dispatcher: { mode: 'postgres', take: async () => ({ kind: 'look' }) },
      ledger: {
        claimByQueue: async (_worker, _queue, _rooms, limit) =>
          Array.from({ length: limit }, () => claimOf()),
      },
      onClaims: (claims) => claims.forEach((claim) => slots.take(claim)),
    });
    await settled();
    expect(slots.runningCount).toBe(2 * SLOTS);
    await loop.stop();
  });
});

/**
 * A worker of few slots beside another one that claims from the ledger: the dispatcher has thousands of hints, and those
 * that it gives were claimed already. Jobs end at once.
 */
function startBehindAnother({ jobs }: { jobs: number }) {
  const clock = new ManualClock();
  const slots = new SlotBook(FEW_SLOTS, [handlerOf({ concurrency: FEW_SLOTS })]);
  const said: ('stale' | 'claimed')[] = [];
  const waiting = Array.from({ length: jobs }, (_, index) => claimOf({ id: `job-${index}` }));
  const loop = startClaimLoop({
    clock,
    slots,
    dispatcher: {
      take: async (_queue, _rooms, limit) => ({
        kind: 'hints',
        ids: waiting.length === 0 ? [] : Array.from({ length: limit }, (_, index) => `old-${index}`),
        lowTypes: [],
        left: 5_000,
      }),
    },
    ledger: {
      claimById: async () => {
        clock.advance(5);
        said.push('stale');
        return [];
      },
      claimByQueue: async (_worker, _queue, _rooms, limit) => {
        clock.advance(5);
        said.push('claimed');
        return waiting.splice(0, limit);
      },
    },
    onClaims: () => {},
  });
  return { loop, said };
}

describe('ClaimLoop behind a process that reads a long line in the ledger', () => {
  it('reads it there as well, and burns no more hints', async () => {
    const { loop, said } = startBehindAnother({ jobs: 15 * FEW_SLOTS });
    while (loop.isSearching) await settled();
    await loop.stop();
    expect(said.filter((word) => word === 'claimed').length).toBeGreaterThanOrEqual(15);
    // Until the first look into the ledger, which hints that are wrong bring about within a tenth of a second.
    expect(said.filter((word) => word === 'stale').length).toBeLessThanOrEqual(25);
  });
});
