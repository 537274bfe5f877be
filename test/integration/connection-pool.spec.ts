import { afterEach, describe, expect, inject, it } from 'vitest';
import { LedgerConnection } from '../../lib/ledger/ledger-connection.js';
import type { StatementTemplate } from '../../lib/ledger/statement.js';
import { eventually } from '../support/eventually.js';

const work: StatementTemplate = {
  name: 'work-a-while',
  text: () => 'select pg_backend_pid() as pid, pg_sleep($1::float8)',
};

describe('the pool of Kyu', () => {
  let connection: LedgerConnection | undefined;

  afterEach(() => connection?.close());

  async function open(maxOpen: number, maxLifetimeMs: number): Promise<(seconds: number) => Promise<number>> {
    const pool = { maxOpen, maxIdle: maxOpen, maxLifetimeMs };
    const opened = new LedgerConnection(
      { dsn: inject('databaseUrl') },
      { name: 'pool', schema: 'kyu', pool, preparedStatements: true },
    );
    await opened.open();
    connection = opened;
    return async (seconds) => (await opened.query<{ pid: number }>(work, [seconds]))[0]?.pid ?? 0;
  }

  it('F76 opens no more connections than it may, and lets the others wait', async () => {
    const workFor = await open(3, 300_000);
    const pids = await Promise.all(Array.from({ length: 12 }, () => workFor(0.05)));
    expect(new Set(pids).size).toBe(3);
    expect(pids).not.toContain(0);
  });

  it('F76 replaces a connection when its time is over', async () => {
    const workFor = await open(1, 1_000);
    const first = await workFor(0);
    expect(await workFor(0)).toBe(first);
    await eventually(async () => expect(await workFor(0)).not.toBe(first));
  });
});
