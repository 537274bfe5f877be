import { describe, expect, it } from 'vitest';
import { EventBus } from '../../../lib/core/event-bus.js';
import type { Hint } from '../../../lib/core/job.js';
import type { Dispatcher } from '../../../lib/core/ports/dispatcher.js';
import type { LedgerUpkeep } from '../../../lib/core/ports/ledger-upkeep.js';
import { Reconciler } from '../../../lib/maintenance/reconciler.js';

const TURN = { queue: 'shop', sinceLastMs: 1_000, quietForMs: 0 };

/** A ledger with so many jobs in line, and a dispatcher that holds some of their ids. */
function stage(pending: number, held: number) {
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
  const reconciler = new Reconciler({
    dispatcher: { mode: 'redis', windowSize: 1_000, restore } as Partial<Dispatcher> as Dispatcher,
    upkeep: {
      pendingTypes: async () => ['mail'],
      firstPending: async (_queue: string, _type: string, limit: number) => {
        reads.push(limit);
        return line.slice(0, limit);
      },
    } as Partial<LedgerUpkeep> as LedgerUpkeep,
    events: new EventBus(),
  });
  return { reconciler, holds, reads };
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

  it('fills the whole window when the whole head is missing, though nobody takes who could be told', async () => {
    const { reconciler, holds } = stage(2_500, 0);
    await reconciler.perform(TURN);
    expect(holds.size).toBe(1_000);
  });
});
