import { describe, expect, it } from 'vitest';
import { fullCounts } from '../../../lib/dashboard/job-answers.js';
import { LedgerGlancer } from '../../../lib/dashboard/live/ledger-glance.js';
import type { KyuFrontDoor } from '../../../lib/kyu.front-door.js';

/** A ledger of which everybody knows how it stands; counting it is noted. */
function ledgerWith(pending: number) {
  const ledger = { pending, timesCounted: 0 };
  const queue = { queue: 'shop', oldestPendingMs: 5, paused: false, pausedTypes: [], liveWorkers: 1 };
  const admin = {
    queues: async () => [{ ...queue, pending: ledger.pending }],
    workers: async () => [],
    audit: async () => ({ entries: [{ id: 'latest' }] }),
    counts: async () => {
      ledger.timesCounted += 1;
      return { counts: fullCounts({ completed: 12_000 }), cappedAt: 10_000, estimated: ['completed'] };
    },
  };
  const kyu = { admin, schedules: { list: async () => [] } } as unknown as KyuFrontDoor;
  return { ledger, glancer: new LedgerGlancer(kyu) };
}

describe('a look at the ledger', () => {
  it('F93 has the counts, with the names of those that are estimates', async () => {
    const { glancer } = ledgerWith(1);
    const { counted, marks } = await glancer.look();
    expect(counted).toEqual({ counts: fullCounts({ completed: 12_000 }), estimated: ['completed'] });
    expect(marks.audit).toBe('latest');
  });

  it('F93 counts when a queue stands otherwise than before, and not else', async () => {
    const { glancer, ledger } = ledgerWith(1);
    await glancer.look();
    await glancer.look();
    expect(ledger.timesCounted).toBe(1);
    ledger.pending = 2;
    await glancer.look();
    expect(ledger.timesCounted).toBe(2);
  });
});
