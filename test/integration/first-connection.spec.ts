import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { LedgerUnavailableError } from '../../lib/core/errors.js';
import { LedgerConnection } from '../../lib/ledger/ledger-connection.js';
import { eventually } from '../support/eventually.js';
import { FaultProxy } from '../support/fault/proxy/fault-proxy.js';

const options = {
  name: 'first-connection',
  schema: 'kyu',
  pool: { maxOpen: 2, maxIdle: 2, maxLifetimeMs: 0 },
  preparedStatements: true,
};

describe('an application that starts on a bad day', () => {
  let proxy: FaultProxy;
  let connection: LedgerConnection;

  beforeEach(async () => {
    proxy = await FaultProxy.open(Number(new URL(inject('databaseUrl')).port));
    connection = new LedgerConnection({ dsn: proxy.through(inject('databaseUrl')) }, options);
  });

  afterEach(async () => {
    await connection.close();
    await proxy.close();
  });

  it('connects once more when nobody answers its first connection', async () => {
    proxy.blackHole();
    const opening = connection.open();
    await eventually(async () => expect(proxy.connections).toBe(1));
    proxy.halfOpen();
    proxy.heal();
    await opening;
    const answer = { name: 'answer', text: () => 'select 1 as one' };
    expect(await connection.query(answer, [])).toEqual([{ one: 1 }]);
  });

  it('is told at once where nobody listens', async () => {
    await proxy.close();
    const startedAt = performance.now();
    await expect(connection.open()).rejects.toThrow(LedgerUnavailableError);
    expect(performance.now() - startedAt).toBeLessThan(5_000);
    proxy = await FaultProxy.open(Number(new URL(inject('databaseUrl')).port));
  });
});
