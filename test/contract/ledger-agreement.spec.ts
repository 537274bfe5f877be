import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { openLedger, type PostgresSubject } from '../support/ledger/open-ledger.js';
import { openMemoryLedger } from '../support/ledger/open-memory-ledger.js';
import { TwinLedgers } from '../support/ledger/twin-ledgers.js';
import { beginHistory, TWIN_STEPS } from '../support/ledger/twin-steps.js';

const HISTORIES = 20;
const MOST_STEPS = 100;

describe('the ledgers in memory and in PostgreSQL', () => {
  let postgres: PostgresSubject;

  beforeAll(async () => {
    postgres = await openLedger();
  });

  afterAll(() => postgres.close());

  it('answer the same, whatever happens to them', { timeout: 120_000 }, async () => {
    const histories = fc.commands(TWIN_STEPS, { maxCommands: MOST_STEPS, size: 'max' });
    const agree = fc.asyncProperty(histories, async (history) => {
      const twins = new TwinLedgers(await openMemoryLedger(), postgres);
      try {
        await beginHistory(twins);
        await fc.asyncModelRun(() => ({ model: twins, real: twins }), history);
        await twins.compareEverything();
      } finally {
        await twins.end('rollback');
        await postgres.clear();
      }
    });
    await fc.assert(agree, { numRuns: HISTORIES });
  });
});
