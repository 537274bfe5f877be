import { describe } from 'vitest';
import type { OpenLedger } from '../support/ledger/ledger-subject.js';
import { useLedger } from '../support/ledger/ledger-stage.js';
import { describeClaims } from './ledger-claims.contract.js';
import { describeChanges } from './ledger-changes.contract.js';
import { describeInspection } from './ledger-inspection.contract.js';
import { describeRetryMany } from './ledger-retry-many.contract.js';
import { describeCancelling } from './ledger-cancelling.contract.js';
import { describeJobIntake } from './ledger-intake.contract.js';
import { describeOpenRuns } from './ledger-open-runs.contract.js';
import { describeLocalClaims } from './ledger-local-claims.contract.js';
import { describePools } from './ledger-pools.contract.js';
import { describeReadings } from './ledger-readings.contract.js';
import { describeRescue } from './ledger-rescue.contract.js';
import { describeSchedules } from './ledger-schedules.contract.js';
import { describeTicks } from './ledger-ticks.contract.js';
import { describeRetention } from './ledger-retention.contract.js';
import { describeSettlements } from './ledger-settlements.contract.js';
import { describeUnheard } from './ledger-unheard.contract.js';
import { describeUniqueJobs } from './ledger-unique.contract.js';
import { describeUpkeep } from './ledger-upkeep.contract.js';
import { describeWorkers } from './ledger-workers.contract.js';

/** What every ledger owes to the services, door by door, whatever stands behind it. */
export function describeLedger<Transaction>(name: string, open: OpenLedger<Transaction>): void {
  describe(`the ledger in ${name}`, () => {
    const stageOf = useLedger(open);
    describeJobIntake(stageOf);
    describeUniqueJobs(stageOf);
    describeLocalClaims(stageOf);
    describeClaims(stageOf);
    describeSettlements(stageOf);
    describeUnheard(stageOf);
    describeWorkers(stageOf);
    describeUpkeep(stageOf);
    describeRescue(stageOf);
    describeInspection(stageOf);
    describeChanges(stageOf);
    describeRetryMany(stageOf);
    describeReadings(stageOf);
    describeCancelling(stageOf);
    describeOpenRuns(stageOf);
    describePools(stageOf);
    describeSchedules(stageOf);
    describeTicks(stageOf);
    describeRetention(stageOf);
  });
}
