import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { claimJobsByQueue } from '../../lib/ledger/statements/claim-jobs-by-queue.sql.js';
import { completeRuns } from '../../lib/ledger/statements/complete-runs.sql.js';
import { settleRuns } from '../../lib/ledger/statements/settle-runs.sql.js';
import { editedStatement } from '../support/edited-statement.js';
import { LedgerLab, type Replacement } from '../support/property/ledger-lab.js';
import { LedgerTraffic, trafficLanes, type TrafficStep } from '../support/property/ledger-traffic.js';

const CONNECTIONS = 4;
const STEPS = 40;
const ROUNDS = 25;
const TIME_LIMIT_MS = 60_000;

const lanes = trafficLanes(CONNECTIONS, STEPS);

/** One round of traffic; what the trail then tells against the ledger. An error of a call is told as well. */
async function faultsAfter(traffic: TrafficStep[][], lab: LedgerLab): Promise<string[]> {
  const processes = await LedgerTraffic.begin(lab);
  await processes.run(traffic);
  return lab.faults();
}

describe('the ledger under traffic from several connections at once', () => {
  let lab: LedgerLab;

  beforeAll(async () => {
    lab = await LedgerLab.open();
  });

  afterAll(() => lab.close());

  it('never leaves the life of a job, nor deadlocks', async () => {
    let rounds = 0;
    let runs = 0;
    const holds = fc.asyncProperty(lanes, async (traffic) => {
      expect(await faultsAfter(traffic, lab)).toEqual([]);
      rounds += 1;
      runs += (await lab.audit.runs()).length;
    });
    await fc.assert(holds, { numRuns: ROUNDS, endOnFailure: true, interruptAfterTimeLimit: TIME_LIMIT_MS });
    // Traffic that collides with itself, or nothing was tried.
    expect(runs).toBeGreaterThan(rounds * 5);
  });
});

const WRONG_STATEMENTS: readonly [string, Replacement][] = [
  ['a settle that does not look at the worker', wrong(settleRuns, ['and job.locked_by = run.worker_id', ''])],
  ['a completion that does not look at the worker', wrong(completeRuns, ['and job.locked_by = $3', ''])],
  [
    'a claim that chooses without a lock, and does not look again',
    // Finding the row at the place where it was read is a second lock, so both are taken off.
    wrong(
      claimJobsByQueue,
      ['for update skip locked', ''],
      ['select row_address, updated_at', 'select id, updated_at'],
      ['job.ctid = candidate.row_address', 'job.id = candidate.id'],
    ),
  ],
];

describe('the trail tells of a ledger that is wrong', () => {
  it.each(WRONG_STATEMENTS)('%s', async (_, replacement) => {
    const lab = await LedgerLab.open(replacement);
    const holds = fc.asyncProperty(lanes, async (traffic) => {
      expect(await faultsAfter(traffic, lab)).toEqual([]);
    });
    const { failed } = await fc.check(holds, { numRuns: 100, endOnFailure: true });
    await lab.close();
    expect(failed).toBe(true);
  });
});

function wrong(right: Replacement[0], ...edits: [remove: string, insert: string][]): Replacement {
  const edited = edits.reduce(
    (text, [remove, insert]) => editedStatement(text, 'gone wrong', remove, insert),
    right,
  );
  return [right, edited];
}
