import type { KyuRole } from '../core/options.js';
import { insertValues, plainJobsValues } from './draft-values.js';
import type { LedgerConnection, StatementCall } from './ledger-connection.js';
import { completeValues, settleValues } from './settle-values.js';
import { claimJobsById } from './statements/claim-jobs-by-id.sql.js';
import { completeRuns } from './statements/complete-runs.sql.js';
import { insertAndClaimJob } from './statements/insert-and-claim-job.sql.js';
import { insertJobs } from './statements/insert-jobs.sql.js';
import { insertPlainJobs } from './statements/insert-plain-jobs.sql.js';
import { settleRuns } from './statements/settle-runs.sql.js';

const NOBODY = '00000000-0000-0000-0000-000000000000';
const NO_ROWS = '{}';

const PAYLOADS = '[]';

const INSERTS: readonly StatementCall[] = [
  { template: insertJobs, values: insertValues([]).map(() => NO_ROWS) },
  {
    template: insertPlainJobs,
    values: plainJobsValues([]).map((value) => (value === PAYLOADS ? PAYLOADS : NO_ROWS)),
  },
];

/** On the way of every job, with parameters that touch none. */
const CALLS: Readonly<Record<KyuRole, readonly StatementCall[]>> = {
  producer: INSERTS,
  worker: [
    ...INSERTS,
    { template: insertAndClaimJob, values: [NOBODY, NO_ROWS, NO_ROWS, ...Array<null>(8).fill(null)] },
    { template: claimJobsById, values: [NOBODY, '', NO_ROWS, NO_ROWS] },
    {
      template: completeRuns,
      values: completeValues([]).map((value) => (value === undefined ? NOBODY : NO_ROWS)),
    },
    { template: settleRuns, values: settleValues([]).map(() => NO_ROWS) },
  ],
};

/** As many as are busy at the same time when little is to do. */
const CONNECTIONS: Readonly<Record<KyuRole, number>> = { producer: 1, worker: 2 };

/**
 * A new connection has to be authenticated, reads the catalogue and plans each statement at its first use: some 10 to
 * 50 ms, which else the first jobs would wait for. Done while nobody waits; a failure shows at the first real use.
 */
export async function warmUp(connection: LedgerConnection, role: KyuRole): Promise<void> {
  await connection.callOnEach(CONNECTIONS[role], CALLS[role]);
}
