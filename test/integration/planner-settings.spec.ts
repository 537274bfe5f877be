import { afterEach, describe, expect, inject, it } from 'vitest';
import { LedgerConnection } from '../../lib/ledger/ledger-connection.js';
import { PLANNER_SETTINGS } from '../../lib/ledger/planner-settings.js';
import type { StatementTemplate } from '../../lib/ledger/statement.js';

const NAMES = Object.keys(PLANNER_SETTINGS);
const POOL = { maxOpen: 2, maxIdle: 1, maxLifetimeMs: 60_000 };

const readSettings: StatementTemplate = {
  name: 'read-settings',
  text: () => 'select name, setting from pg_settings where name = any($1::text[])',
};

describe('connections to the ledger', () => {
  let connection: LedgerConnection | undefined;

  afterEach(() => connection?.close());

  async function open(preparedStatements: boolean): Promise<LedgerConnection> {
    const options = { name: 'planner', schema: 'kyu', pool: POOL, preparedStatements };
    connection = new LedgerConnection({ dsn: inject('databaseUrl') }, options);
    await connection.open();
    return connection;
  }

  it('plan named statements once and along an index', async () => {
    expect(await settingsOn(await open(true))).toEqual(PLANNER_SETTINGS);
  });

  it('do so when they are reserved for one purpose as well', async () => {
    const reserved = (await open(true)).reserve('heartbeat');
    const rows = await reserved.query<SettingRow>(readSettings, [NAMES], 5_000);
    await reserved.close();
    expect(settingsOf(rows)).toEqual(PLANNER_SETTINGS);
  });

  it('leave the settings of a pooled session alone, which others use too', async () => {
    const settings = await settingsOn(await open(false));
    expect(settings).toEqual({ plan_cache_mode: 'auto', enable_seqscan: 'on', jit: expect.any(String) });
  });
});

interface SettingRow {
  readonly name: string;
  readonly setting: string;
}

async function settingsOn(connection: LedgerConnection): Promise<Record<string, string>> {
  return settingsOf(await connection.query<SettingRow>(readSettings, [NAMES]));
}

function settingsOf(rows: readonly SettingRow[]): Record<string, string> {
  return Object.fromEntries(rows.map(({ name, setting }) => [name, setting]));
}
