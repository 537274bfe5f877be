import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TRANSITIONS } from '../../lib/core/job-status.js';
import { claimJobsById } from '../../lib/ledger/statements/claim-jobs-by-id.sql.js';
import { claimJobsByQueue } from '../../lib/ledger/statements/claim-jobs-by-queue.sql.js';
import { completeRuns } from '../../lib/ledger/statements/complete-runs.sql.js';
import { settleRuns } from '../../lib/ledger/statements/settle-runs.sql.js';
import { editedStatement } from '../support/edited-statement.js';
import type { AuditedChange } from '../support/property/ledger-audit.js';
import { ledgerHistories, liveThrough } from '../support/property/ledger-commands.js';
import { LedgerLab, type Replacement } from '../support/property/ledger-lab.js';

const LEAST_HISTORIES = 30;
const MOST_HISTORIES = 300;
const HISTORIES_AT_ONCE = 10;

/** Shrinking a failure is worth no more than this. */
const TIME_LIMIT_MS = 60_000;

/**
 * Every step that the life of a job allows, as the trail shows it, but for those of an operator who changes the time of
 * a job: the contracts hold both ledgers to them.
 */
const ALLOWED_STEPS = Object.entries(TRANSITIONS).flatMap(([from, causes]) =>
  Object.entries(causes).flatMap(([cause, to]) =>
    cause === 'reschedule' ? [] : to.map((status) => `${from} > ${status}`),
  ),
);

describe('the ledger, whatever happens to it in whatever order', () => {
  let lab: LedgerLab;

  beforeAll(async () => {
    lab = await LedgerLab.open();
  });

  afterAll(() => lab.close());

  it('does what the model does, and leaves a clean trail', async () => {
    const seen = new Map<string, number>();
    const holds = fc.asyncProperty(ledgerHistories, async (history) => {
      await liveThrough(history, lab);
      expect(await lab.faults()).toEqual([]);
      for (const change of await lab.audit.changes()) tally(seen, change);
    });
    // Until every step was seen: what never happens in a test is not tested.
    for (
      let histories = 0;
      histories < LEAST_HISTORIES || !isComplete(seen);
      histories += HISTORIES_AT_ONCE
    ) {
      expect(histories, `seen: ${[...seen.keys()].join(', ')}`).toBeLessThan(MOST_HISTORIES);
      await fc.assert(holds, { numRuns: HISTORIES_AT_ONCE, interruptAfterTimeLimit: TIME_LIMIT_MS });
    }
  });
});

function tally(seen: Map<string, number>, { before, after }: AuditedChange): void {
  const step = `${before?.status ?? 'nothing'} > ${after?.status ?? 'nothing'}`;
  seen.set(step, (seen.get(step) ?? 0) + 1);
}

function isComplete(seen: ReadonlyMap<string, number>): boolean {
  return ALLOWED_STEPS.every((step) => seen.has(step));
}

const WRONG_STATEMENTS: readonly [string, Replacement][] = [
  ['a settle that does not look at the run', wrong(settleRuns, 'and job.run = run.run', '')],
  ['a settle that does not look at the worker', wrong(settleRuns, 'and job.locked_by = run.worker_id', '')],
  ['a completion that does not look at the run', wrong(completeRuns, 'and job.run = run.run', '')],
  ['a completion that does not look at the worker', wrong(completeRuns, 'and job.locked_by = $3', '')],
  [
    'a completion that keeps no record of its run',
    wrong(
      completeRuns,
      "'completed'\n  from completed",
      "'completed'\n  from completed where retry_count > 0",
    ),
  ],
  [
    'a settle that keeps no record of some runs',
    wrong(settleRuns, 'error_stack\n  from settled', "error_stack\n  from settled where status <> 'dead'"),
  ],
  [
    'a claim by id that does not look at the status',
    wrong(claimJobsById, "and coalesce(status, '') = 'pending'", ''),
  ],
  [
    'a claim by id for a worker that is about to go',
    wrong(claimJobsById, "state = 'alive'", "state in ('alive', 'draining')"),
  ],
  [
    'a claim by queue that does not look at the status',
    wrong(claimJobsByQueue, "and status = 'pending'", ''),
  ],
  [
    'a claim that gives the number of the last run away again',
    wrong(claimJobsByQueue, 'run = job.run + 1', 'run = greatest(1, job.run)'),
  ],
];

describe('the model sees a ledger that is wrong', () => {
  it.each(WRONG_STATEMENTS)('%s', async (_, replacement) => {
    const lab = await LedgerLab.open(replacement);
    const holds = fc.asyncProperty(ledgerHistories, async (history) => {
      await liveThrough(history, lab);
    });
    const { failed } = await fc.check(holds, { numRuns: 100, endOnFailure: true, seed: 20_260_101 });
    await lab.close();
    expect(failed).toBe(true);
  });
});

function wrong(right: Replacement[0], remove: string, insert: string): Replacement {
  return [right, editedStatement(right, 'gone wrong', remove, insert)];
}
