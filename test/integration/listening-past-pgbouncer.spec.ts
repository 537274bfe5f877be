import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest';
import { EventBus } from '../../lib/core/event-bus.js';
import { OPTION_DEFAULTS } from '../../lib/core/option-defaults.js';
import { systemClock } from '../../lib/core/system-clock.js';
import { LedgerConnection } from '../../lib/ledger/ledger-connection.js';
import { NotifyWakeUp } from '../../lib/ledger/notify-wake-up.js';
import { eventually } from '../support/eventually.js';
import { startPgBouncer, type PrivatePgBouncer } from '../support/stores/start-pgbouncer.js';

let pooler: PrivatePgBouncer;

beforeAll(async () => {
  pooler = await startPgBouncer(inject('databaseUrl'), { poolSize: 4, say: console.log });
});

afterAll(() => pooler.remove());

/** A worker's ear behind the pooler, and what it heard. */
async function listen(listenDsn?: string): Promise<{ wakeUp: NotifyWakeUp; heard: string[] }> {
  const connection = new LedgerConnection({ dsn: pooler.url }, { ...OPTION_DEFAULTS, listenDsn });
  await connection.open();
  const wakeUp = new NotifyWakeUp(connection, 'kyu_wake_pooled', systemClock, new EventBus());
  onTestFinished(async () => {
    await wakeUp.stop();
    await connection.close();
  });
  const heard: string[] = [];
  await wakeUp.start(['shop'], (queue) => heard.push(queue));
  return { wakeUp, heard };
}

describe('a worker whose ledger is behind PgBouncer', () => {
  it('hears of jobs at once past the pooler, and nothing through it', async () => {
    const through = await listen();
    const past = await listen(inject('databaseUrl'));
    await through.wakeUp.send('shop');
    await eventually(() => expect(past.heard).toEqual(['shop']));
    await past.wakeUp.send('another');
    await past.wakeUp.send('shop');
    await eventually(() => expect(past.heard).toEqual(['shop', 'shop']));
    expect(through.heard).toEqual([]);
  });
});
