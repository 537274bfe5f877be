import { describe, expect, it } from 'vitest';
import { EventBus } from '../../../lib/core/event-bus.js';
import type { LedgerConnection } from '../../../lib/ledger/ledger-connection.js';
import { NotifyWakeUp } from '../../../lib/ledger/notify-wake-up.js';
import { ManualClock } from '../../support/observability/manual-clock.js';
import { settled } from '../../support/worker/claims.js';

/** A database in which each NOTIFY takes so long. */
function stage(tookMs: number) {
  const clock = new ManualClock();
  const sent: string[] = [];
  const connection = {
    isOpen: true,
    query: async (_statement: unknown, [, queue]: [string, string]) => {
      sent.push(queue);
      clock.advance(tookMs);
      return [];
    },
  };
  const wakeUp = new NotifyWakeUp(
    connection as unknown as LedgerConnection,
    'kyu_wake_kyu',
    clock,
    new EventBus(),
  );
  const pass = async (ms: number): Promise<void> => {
    clock.advance(ms);
    await settled();
  };
  return { wakeUp, connection, sent, pass };
}

describe('the wake-up by NOTIFY', () => {
  it.each([
    ['ten times as long as it took', 2, 20],
    ['10 ms at least', 0.2, 10],
    ['100 ms at most', 40, 100],
  ])('rests for %s, and then tells once of all that came meanwhile', async (_, tookMs, restMs) => {
    const { wakeUp, sent, pass } = stage(tookMs);
    await wakeUp.send('shop');
    await wakeUp.send('shop');
    await wakeUp.send('shop');
    await pass(restMs - 1);
    expect(sent).toEqual(['shop']);
    await pass(1);
    expect(sent).toEqual(['shop', 'shop']);
    await pass(10 * restMs);
    expect(sent).toEqual(['shop', 'shop']);
  });

  it('tells of another queue at once', async () => {
    const { wakeUp, sent } = stage(2);
    await wakeUp.send('shop');
    await wakeUp.send('reports');
    expect(sent).toEqual(['shop', 'reports']);
  });

  it('asks a database that does not answer no second time meanwhile', async () => {
    const { wakeUp, connection, sent, pass } = stage(0);
    let fail = (_error: Error): void => {};
    const answering = connection.query;
    connection.query = (_statement, [, queue]) => {
      sent.push(queue);
      return new Promise((_resolve, reject) => (fail = reject));
    };
    const first = wakeUp.send('shop');
    await wakeUp.send('shop');
    await pass(5_000);
    expect(sent).toEqual(['shop']);
    connection.query = answering;
    fail(new Error('the connection was lost'));
    await first;
    await pass(100);
    expect(sent).toEqual(['shop', 'shop']);
  });

  it('tells nothing when the connection was closed meanwhile', async () => {
    const { wakeUp, connection, sent, pass } = stage(2);
    await wakeUp.send('shop');
    await wakeUp.send('shop');
    connection.isOpen = false;
    await pass(100);
    expect(sent).toEqual(['shop']);
  });
});
