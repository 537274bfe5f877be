import { afterEach, describe, expect, it } from 'vitest';
import type { Claim } from '../../../lib/core/claim.js';
import { EventBus } from '../../../lib/core/event-bus.js';
import type { Dispatcher } from '../../../lib/core/ports/dispatcher.js';
import { SlotBook } from '../../../lib/worker/slot-book.js';
import { ManualClock } from '../../support/observability/manual-clock.js';
import { claimOf, deferred, handlerOf, settled } from '../../support/worker/claims.js';
import { startClaimLoop } from '../../support/worker/start-claim-loop.js';

/** A claim that the ledger was asked for. */
interface Asked {
  readonly ids: readonly string[];
  readonly answer: (claims: Claim[]) => void;
  readonly fail: (error: Error) => void;
}

/** Twelve slots; the dispatcher gives four jobs at a time; the ledger answers when the test says so. */
function startLoop({
  concurrency = 12,
  mode = 'redis',
}: { concurrency?: number; mode?: Dispatcher['mode'] } = {}) {
  const clock = new ManualClock();
  const slots = new SlotBook(12, [handlerOf({ concurrency })]);
  const asked: Asked[] = [];
  const received: Claim[] = [];
  const failures: unknown[] = [];
  const handedBackAt: number[] = [];
  const events = new EventBus(() => {});
  events.on('engine.failed', ({ error }) => failures.push(error));
  const ask = async (ids: readonly string[]): Promise<Claim[]> => {
    const { promise, resolve, reject } = deferred<Claim[]>();
    asked.push({ ids, answer: resolve, fail: reject });
    return promise;
  };
  let jobs = 0;
  const take: Dispatcher['take'] = async (_queue, _rooms, limit) => {
    if (mode !== 'redis') return { kind: 'look' };
    const ids = Array.from({ length: Math.min(4, limit) }, () => `job-${(jobs += 1)}`);
    return { kind: 'hints', ids, lowTypes: [], left: 100 };
  };
  const loop = startClaimLoop({
    clock,
    slots,
    dispatcher: { take, mode },
    ledger: {
      claimById: (_worker, _queue, _types, ids) => ask(ids),
      claimByQueue: (_worker, _queue, _rooms, limit) =>
        ask(Array.from({ length: limit }, (_, index) => `at most ${index + 1}`)),
    },
    events,
    handBackUnheard: async () => {
      handedBackAt.push(asked.length);
    },
    onClaims: (claims) => {
      for (const claim of claims) slots.take(claim);
      received.push(...claims);
    },
  });
  const claimsFor = (place: number): Claim[] => (asked[place]?.ids ?? []).map((id) => claimOf({ id }));
  return { loop, clock, slots, asked, received, failures, handedBackAt, claimsFor };
}

describe('ClaimLoop while there is much to do', () => {
  let stage: ReturnType<typeof startLoop>;
  afterEach(async () => {
    const stopped = stage.loop.stop();
    while (stage.loop.isSearching) {
      for (const { answer } of stage.asked) answer([]);
      await settled();
    }
    await stopped;
  });

  it('begins a second claim while the first is under way, and a third when one of them is here', async () => {
    stage = startLoop();
    await settled();
    expect(stage.asked.map(({ ids }) => ids.length)).toEqual([4, 4]);
    expect(stage.loop.isSearching).toBe(true);

    stage.asked[1]?.answer(stage.claimsFor(1));
    await settled();
    expect(stage.received).toHaveLength(4);
    expect(stage.asked.map(({ ids }) => ids.length)).toEqual([4, 4, 4]);
  });

  it('never claims more than there are slots, whatever is under way', async () => {
    stage = startLoop();
    for (let claims = 0; claims < 6; claims += 1) {
      await settled();
      stage.asked[claims]?.answer(stage.claimsFor(claims));
    }
    await settled();
    expect(stage.asked).toHaveLength(3);
    expect(stage.slots.runningCount).toBe(12);
    expect(stage.slots.free).toBe(0);
  });

  it('claims one after the other where a job type has a limit of its own', async () => {
    stage = startLoop({ concurrency: 6 });
    await settled();
    expect(stage.asked).toHaveLength(1);
  });

  it('asks the ledger twice at once only while it has more than was asked for', async () => {
    stage = startLoop({ mode: 'postgres' });
    await settled();
    expect(stage.asked.map(({ ids }) => ids.length)).toEqual([12]);
    stage.asked[0]?.answer(stage.claimsFor(0));
    await settled();
    // As much as was asked for: there may be more, so the next two overlap as soon as there is room for both.
    for (const claim of stage.received.slice(0, 6)) stage.slots.giveBack(claim);
    stage.loop.roomFreed();
    await settled();
    for (const claim of stage.received.slice(6, 12)) stage.slots.giveBack(claim);
    stage.loop.wake();
    await settled();
    expect(stage.asked.map(({ ids }) => ids.length)).toEqual([12, 6, 6]);
    // The first of them finds less than it asked for: from here on it is one at a time again.
    stage.asked[1]?.answer([claimOf()]);
    await settled();
    expect(stage.asked).toHaveLength(3);
  });

  it('waits for both before it ends, and before it asks what the ledger says is its own', async () => {
    stage = startLoop();
    await settled();
    let hasStopped = false;
    const stopped = stage.loop.stop().then(() => (hasStopped = true));
    stage.asked[0]?.answer(stage.claimsFor(0));
    await settled();
    expect(hasStopped).toBe(false);
    stage.asked[1]?.answer(stage.claimsFor(1));
    await stopped;
    expect(stage.received).toHaveLength(8);
    expect(stage.loop.isSearching).toBe(false);
  });

  it('pauses after a failure, tells of it once, and then begins with the ledger when nothing is under way', async () => {
    stage = startLoop();
    await settled();
    stage.asked[0]?.fail(new Error('the connection is gone'));
    await settled();
    expect(stage.failures).toHaveLength(1);
    expect(stage.asked).toHaveLength(2);
    stage.asked[1]?.answer(stage.claimsFor(1));
    await settled();
    expect(stage.asked).toHaveLength(2);
    expect(stage.handedBackAt).toEqual([]);
    stage.clock.advance(500);
    await settled();
    expect(stage.handedBackAt).toEqual([2]);
    expect(stage.asked.length).toBeGreaterThan(2);
  });
});
