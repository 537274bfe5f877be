import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { EventBus } from '../../lib/core/event-bus.js';
import { LedgerUnavailableError } from '../../lib/core/errors.js';
import { systemClock } from '../../lib/core/system-clock.js';
import { LedgerConnection } from '../../lib/ledger/ledger-connection.js';
import { NotifyWakeUp } from '../../lib/ledger/notify-wake-up.js';
import type { StatementTemplate } from '../../lib/ledger/statement.js';
import { eventually } from '../support/eventually.js';
import { FaultProxy } from '../support/fault/proxy/fault-proxy.js';

const work: StatementTemplate = {
  name: 'work-a-while',
  text: () => 'select pg_backend_pid() as pid, pg_sleep($1::float8)',
};
const LONGEST_NOTICE_MS = 5_000;

describe('the pool of Kyu over a line that dies without a word', () => {
  let proxy: FaultProxy;
  let connection: LedgerConnection;

  beforeEach(async () => {
    const url = inject('databaseUrl');
    proxy = await FaultProxy.open(Number(new URL(url).port));
    connection = new LedgerConnection(
      { dsn: proxy.through(url) },
      {
        name: 'half-open',
        schema: 'kyu',
        pool: { maxOpen: 4, maxIdle: 4, maxLifetimeMs: 0 },
        preparedStatements: true,
      },
    );
    await connection.open();
  });

  afterEach(async () => {
    await connection.close();
    await proxy.close();
  });

  const workFor = async (seconds: number): Promise<number> =>
    (await connection.query<{ pid: number }>(work, [seconds]))[0]?.pid ?? 0;
  /** Asks past the proxy. */
  const countWorking = async (): Promise<number> => {
    const client = new Client({ connectionString: inject('databaseUrl') });
    await client.connect();
    const { rows } = await client.query<{ count: number }>(
      `select count(*)::int as count from pg_stat_activity
       where state = 'active' and pid <> pg_backend_pid() and query like '%pg_sleep($1::float8)%'`,
    );
    await client.end();
    return rows[0]?.count ?? 0;
  };
  const fill = () => Promise.all(Array.from({ length: 4 }, () => workFor(0.05)));

  it('notices it, ends the statement, and uses none of the dead connections again', async () => {
    const before = new Set(await fill());
    expect(proxy.halfOpen()).toBeGreaterThanOrEqual(4);
    const askedAt = performance.now();
    await expect(workFor(0)).rejects.toThrow(LedgerUnavailableError);
    const noticedAfterMs = performance.now() - askedAt;
    expect(noticedAfterMs).toBeLessThanOrEqual(LONGEST_NOTICE_MS);
    const since = performance.now();
    const after = await fill();
    expect(after.filter((pid) => before.has(pid))).toEqual([]);
    expect(performance.now() - since).toBeLessThan(1_000);
  });

  it('notices a line that dies while PostgreSQL works on the statement, once it is done', async () => {
    const working = workFor(2.5);
    const refused = expect(working).rejects.toThrow(LedgerUnavailableError);
    await eventually(async () => expect(await countWorking()).toBe(1));
    proxy.halfOpen();
    const struckAt = performance.now();
    await refused;
    expect(performance.now() - struckAt).toBeLessThanOrEqual(2_200 + LONGEST_NOTICE_MS);
  });

  it('leaves a statement alone that takes its time, in a transaction as well', async () => {
    expect(await workFor(2.6)).toBeGreaterThan(0);
    const pid = await connection.transaction(async (manager) => {
      await manager.query('select pg_sleep(0.2)');
      await new Promise((resolve) => setTimeout(resolve, 2_200)); // the caller's own work
      const [row] = await manager.query<{ pid: number }[]>('select pg_backend_pid() as pid');
      return row?.pid;
    });
    expect(pid).toBeGreaterThan(0);
  });

  it('hears wake-ups again after the connection that listens has died', async () => {
    const heard: string[] = [];
    const wakeUp = new NotifyWakeUp(connection, 'kyu_wake_half_open', systemClock, new EventBus());
    await wakeUp.start(['shop'], (queue) => heard.push(queue));
    await wakeUp.send('shop');
    await eventually(() => expect(heard).toContain('shop'));
    expect(proxy.halfOpen(':listen')).toBe(1);
    heard.splice(0);
    await eventually(
      async () => {
        await wakeUp.send('shop');
        expect(heard).toContain('shop');
      },
      { withinMs: 10_000 },
    );
    await wakeUp.stop();
  });

  it('forgives a network that stands still for a while', async () => {
    await fill();
    proxy.blackHole();
    const slow = workFor(0);
    await new Promise((resolve) => setTimeout(resolve, 3_000)); // the fault itself, longer than any suspicion
    proxy.heal();
    expect(await slow).toBeGreaterThan(0);
  });
});
