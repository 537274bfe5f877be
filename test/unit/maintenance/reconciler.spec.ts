import { describe, expect, it } from 'vitest';
import { EventBus } from '../../../lib/core/event-bus.js';
import type { Hint } from '../../../lib/core/job.js';
import type { Dispatcher } from '../../../lib/core/ports/dispatcher.js';
import type { LedgerUpkeep } from '../../../lib/core/ports/ledger-upkeep.js';
import { Reconciler } from '../../../lib/maintenance/reconciler.js';
import { ManualClock } from '../../support/observability/manual-clock.js';

const TURN = { queue: 'shop', sinceLastMs: 1_000, quietForMs: 0 };

/** A ledger with so many jobs in line, and a dispatcher that holds some of their ids. */
function stage(pending: number, held: number, lookMs = 1) {
  const clock = new ManualClock();
  const line = Array.from({ length: pending }, (_, place): Hint => ({
    id: `job-${place}`,
    type: 'mail',
    priority: 0,
  }));
  const holds = new Set(line.slice(0, held).map(({ id }) => id));
  const reads: number[] = [];
  const restore: Dispatcher['restore'] = async (_queue, _type, hints) => {
    const before = holds.size;
    for (const { id } of hints) holds.add(id);
    return { added: holds.size - before };
  };
  const events = new EventBus();
  const told: string[] = [];
  events.on('jobs.reconciled', ({ count, cause }) => told.push(`${count} ${cause}`));
  const reconciler = new Reconciler({
    dispatcher: { mode: 'redis', windowSize: 10_000, restore } as Partial<Dispatcher> as Dispatcher,
    upkeep: {
      pendingTypes: async () => ['mail'],
      firstPending: async (_queue: string, _type: string, limit: number) => {
        reads.push(limit);
        clock.advance(lookMs);
        return line.slice(0, limit);
      },
    } as Partial<LedgerUpkeep> as LedgerUpkeep,
    clock,
    events,
  });
  return { reconciler, holds, reads, told };
}

describe('the reconciler on its clock', () => {
  it('looks at the head of a line, and no further while it is whole', async () => {
    const { reconciler, reads } = stage(600, 600);
    await reconciler.perform(TURN);
    expect(reads).toEqual([200]);
  });

  it('announces what is missing from the head', async () => {
    const { reconciler, holds, reads } = stage(600, 150);
    await reconciler.perform(TURN);
    expect(holds.size).toBe(200);
    expect(reads).toEqual([200]);
  });

  it('announces more when the whole head is missing, though nobody takes who could be told', async () => {
    const { reconciler, holds } = stage(12_500, 0);
    await reconciler.perform(TURN);
    expect(holds.size).toBe(2_000);
  });

  it('looks once at a head that is missing every time, and makes no news of it', async () => {
    const { reconciler, holds, reads, told } = stage(12_500, 0);
    await reconciler.perform(TURN);
    // As where workers read a long line in the ledger.
    holds.clear();
    await reconciler.perform(TURN);
    await reconciler.perform(TURN);
    await reconciler.perform(TURN);
    expect(reads).toEqual([200, 2_000, 2_000, 2_000, 200]);
    expect(told).toEqual(['200 probe', '1800 low', '2000 low']);
  });

  it('takes its turns as planned, while its looks are short', async () => {
    const { reconciler } = stage(600, 600, 40);
    await reconciler.perform(TURN);
    expect(reconciler.plan).toMatchObject({ periodMs: 1_000, turnMs: 500 });
  });

  it('takes a tenth of the time at most, whatever a look costs', async () => {
    const { reconciler } = stage(600, 600, 400);
    await reconciler.perform(TURN);
    await reconciler.perform({ ...TURN, queue: 'elsewhere' });
    expect(reconciler.plan.turnMs).toBe(4_000);
  });
});
