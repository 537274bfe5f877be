import { describe } from 'vitest';
import { useAdmin } from '../support/admin/admin-stage.js';
import type { OpenLedger } from '../support/ledger/ledger-subject.js';
import { useLedger } from '../support/ledger/ledger-stage.js';
import { describeAdminArguments } from './admin-arguments.contract.js';
import { describeAdminBulk } from './admin-bulk.contract.js';
import { describeAdminChanges } from './admin-changes.contract.js';
import { describeAdminOperations } from './admin-operations.contract.js';
import { describeAdminOverview } from './admin-overview.contract.js';
import { describeAdminPauses } from './admin-pauses.contract.js';
import { describeAdminReads } from './admin-reads.contract.js';
import { describeAdminSearch } from './admin-search.contract.js';
import { describeAdminSelection } from './admin-selection.contract.js';
import { describeAdminWorkers } from './admin-workers.contract.js';

/** What the operator's service owes, over any ledger. */
export function describeAdmin<Transaction>(name: string, open: OpenLedger<Transaction>): void {
  describe(`the admin over ${name}`, () => {
    const operator = useAdmin(useLedger(open));
    describeAdminReads(operator);
    describeAdminChanges(operator);
    describeAdminArguments(operator);
    describeAdminOperations(operator);
    describeAdminSelection(operator);
    describeAdminSearch(operator);
    describeAdminOverview(operator);
    describeAdminWorkers(operator);
    describeAdminBulk(operator);
    describeAdminPauses(operator);
  });
}
