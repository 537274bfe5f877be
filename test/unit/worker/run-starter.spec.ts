import { describe, expect, it, vi } from 'vitest';
import type { Claim } from '../../../lib/core/claim.js';
import { RunStarter } from '../../../lib/worker/run-starter.js';
import { SlotBook } from '../../../lib/worker/slot-book.js';
import { ManualClock } from '../../support/observability/manual-clock.js';
import { claimOf, handlerOf, tableOf } from '../../support/worker/claims.js';

/** Two slots; runs end when the test says so. */
function startedWith(claims: readonly Claim[]) {
  const handlers = [handlerOf({ concurrency: 2 })];
  const slots = new SlotBook(2, handlers);
  const begun: Claim[] = [];
  const starter = new RunStarter({
    handlers: tableOf(...handlers),
    slots,
    clock: new ManualClock(),
    isOpen: () => true,
    covers: () => true,
    isQuiet: () => true,
    begin: (claim) => begun.push(claim),
    onEnd: () => {},
    onOpened: () => {},
  });
  starter.receive(claims);
  const end = (claim: Claim): void => {
    slots.giveBack(claim);
    starter.slotFreed(claim);
    starter.startWaiting();
  };
  return { starter, slots, begun, end };
}

describe('RunStarter', () => {
  it('gives a freed slot to the claim that has waited longest', () => {
    const claims = Array.from({ length: 5 }, () => claimOf());
    const { starter, begun, end } = startedWith(claims);
    expect(begun).toEqual(claims.slice(0, 2));
    end(claims[1]!); // there are five
    expect(begun).toEqual(claims.slice(0, 3));
    expect(starter.size).toBe(2);
  });

  it('does not ask the whole line for each run that ends', () => {
    const claims = Array.from({ length: 1_000 }, () => claimOf());
    const { slots, begun, end } = startedWith(claims);
    const asked = vi.spyOn(slots, 'canStart');
    for (let ended = 0; ended < 100; ended += 1) end(begun[ended]!); // two more have begun than have ended
    expect(begun).toHaveLength(102);
    expect(asked.mock.calls.length).toBeLessThanOrEqual(200);
  });
});
