import { describe, expect, it } from 'vitest';
import { PostgresJobLists } from '../../../lib/ledger/job-lists.js';
import type { LedgerConnection } from '../../../lib/ledger/ledger-connection.js';
import { StatementBook } from '../../../lib/ledger/statement.js';

/** A ledger that is so large that whoever reads all of it is stopped. */
function largeLedger(): LedgerConnection {
  const query = (text: string): Promise<unknown> => {
    if (!text.includes('distinct'))
      return Promise.resolve(text.startsWith('set ') ? [] : [{ queue: 'mail' }]);
    return Promise.reject(Object.assign(new Error('canceling statement'), { code: '57014' }));
  };
  const transaction = (work: (manager: object) => unknown): unknown => work({ query });
  return { book: new StatementBook('kyu'), transaction } as unknown as LedgerConnection;
}

describe('the names of queues', () => {
  it('F97 are those in use where ended jobs are too many to look through, and it is told', async () => {
    const lists = new PostgresJobLists(largeLedger());
    expect(await lists.queueNames()).toEqual({ names: ['mail'], isComplete: false });
  });
});
