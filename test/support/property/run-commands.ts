import * as fc from 'fast-check';
import { expect } from 'vitest';
import { fenceOf, type Claim } from '../../../lib/core/claim.js';
import type { RunOutcome } from '../../../lib/core/outcome.js';
import { calledOff, settle, type Settlement } from '../../../lib/core/settlement.js';
import { draftOf, TIMES } from '../ledger/ledger-stage.js';
import { hasClaims, hasJobs, LedgerCommand, TYPES, USUAL_QUEUES } from './ledger-command.js';
import { inClaimOrder, type LedgerModel, type ModelJob } from './ledger-model.js';

const queues = fc.constantFrom(...USUAL_QUEUES);
const typeLists = fc.constantFrom(TYPES, TYPES, TYPES, TYPES, ['send_email'], ['generate_report']);
const error = new Error('mailbox full');

export const outcomes: fc.Arbitrary<RunOutcome> = fc.constantFrom<RunOutcome[]>(
  { kind: 'completed', result: { delivered: true } },
  { kind: 'failed', error },
  { kind: 'failed', error },
  { kind: 'timed-out', error },
  { kind: 'discarded', error },
  { kind: 'snoozed', delayMs: 0 },
  { kind: 'snoozed', delayMs: 90_000 },
  { kind: 'retry-after', delayMs: 30_000, error },
  { kind: 'released' },
);

const byId = fc
  .record({
    claimant: fc.nat(),
    queue: queues,
    types: typeLists,
    indexes: fc.array(fc.nat(), { minLength: 1, maxLength: 4 }),
  })
  .map(claimById);

const byQueue = fc
  .record({
    claimant: fc.nat(),
    queue: queues,
    types: typeLists,
    size: fc.integer({ min: 1, max: 3 }),
    limit: fc.integer({ min: 1, max: 4 }),
  })
  .map(claimByQueue);

const settling = fc
  .array(fc.record({ index: fc.nat(), outcome: outcomes }), { minLength: 1, maxLength: 4 })
  .map(settleSome);

/** What a worker does with runs, also long after they ceased to be its own. */
export const runCommands: fc.Arbitrary<LedgerCommand>[] = [
  ...[byId, byId, byId, byQueue, byQueue, byQueue],
  ...[settling, settling, settling, settling, settling, settling, settling],
  fc.tuple(fc.nat(), fc.constantFrom('older run', 'newer run', 'other worker')).map(forge),
  fc.tuple(fc.nat(), fc.nat({ max: 100 })).map(report),
];

interface ClaimPlan {
  readonly claimant: number;
  readonly queue: string;
  readonly types: readonly string[];
}

function claimById(plan: ClaimPlan & { readonly indexes: readonly number[] }): LedgerCommand {
  const { claimant, queue, types, indexes } = plan;
  return new LedgerCommand(
    `claim by id ${JSON.stringify(plan)}`,
    async (model, { runs }) => {
      const workerId = model.claimantAt(claimant);
      const ids = [
        ...new Set(indexes.map((index) => model.jobAt(index, ['pending']).id)),
        draftOf().id,
        'forged',
      ];
      const wanted = model.pending(queue, types).filter(({ id }) => ids.includes(id));
      accept(model, await runs.claimById(workerId, queue, types, ids), wanted, workerId);
    },
    hasJobs,
  );
}

function claimByQueue(plan: ClaimPlan & { readonly size: number; readonly limit: number }): LedgerCommand {
  const { claimant, queue, types, size, limit } = plan;
  return new LedgerCommand(`claim by queue ${JSON.stringify(plan)}`, async (model, { runs }) => {
    const workerId = model.claimantAt(claimant);
    const heads = types.flatMap((type) => model.pending(queue, [type]).slice(0, size));
    const wanted = inClaimOrder(heads).slice(0, limit);
    const rooms = types.map((type) => ({ type, size }));
    accept(model, await runs.claimByQueue(workerId, queue, rooms, limit), wanted, workerId);
  });
}

/** A worker that does not live gets nothing, whatever it asks for. */
function accept(model: LedgerModel, claims: Claim[], wanted: readonly ModelJob[], workerId: string): void {
  const expected = model.isAlive(workerId) ? wanted : [];
  expect(claims.map(fenceAndCounts)).toEqual(
    expected.map(({ id, run, retryCount, crashCount }) =>
      fenceAndCounts({ id, run: run + 1, workerId, retryCount, crashCount }),
    ),
  );
  for (const job of expected) model.claim(job, workerId);
  model.claims.push(...claims);
}

function fenceAndCounts({
  id,
  run,
  workerId,
  retryCount,
  crashCount,
}: Pick<Claim, 'id' | 'run' | 'workerId' | 'retryCount' | 'crashCount'>): object {
  return { id, run, workerId, retryCount, crashCount };
}

function settleSome(
  plans: readonly { readonly index: number; readonly outcome: RunOutcome }[],
): LedgerCommand {
  return new LedgerCommand(
    `settle ${plans.map(({ index, outcome }) => `${index} ${outcome.kind}`).join(', ')}`,
    async (model, { runs }) => {
      const settlements = new Map<string, Settlement>();
      for (const { index, outcome } of plans) {
        const claim = model.claimAt(index);
        // A process settles a run once; a batch with two of the same would have no right answer.
        settlements.set(fenceOf(claim), settlementOf(claim, outcome));
      }
      const batch = [...settlements.values()];
      const wanted = batch.filter(({ claim }) => model.holds(claim));
      const answers = wanted.map((settlement) =>
        model.isCalledOff(settlement)
          ? calledOff(settlement, model.job(settlement.claim.id).cancel?.reason ?? null)
          : settlement,
      );
      expect(new Set(await runs.settle(batch))).toEqual(new Set(answers));
      for (const settlement of wanted) model.settle(settlement);
    },
    hasClaims,
  );
}

function settlementOf(claim: Claim, outcome: RunOutcome): Settlement {
  const policy = { backoff: () => 30_000, resultLimitBytes: 1_000 };
  return settle(claim, outcome, TIMES, policy, () => 0.5);
}

/** A claim that nobody was ever given. */
function forge([index, flaw]: [number, string]): LedgerCommand {
  return new LedgerCommand(
    `forge an ${flaw} of claim ${index}`,
    async (model) => {
      const claim = model.claimAt(index);
      if (flaw === 'older run') model.claims.push({ ...claim, run: claim.run - 1 });
      // Far ahead: the next number may be given away later, to this very worker, and be right then.
      if (flaw === 'newer run') model.claims.push({ ...claim, run: claim.run + 1_000 });
      if (flaw === 'other worker') model.claims.push({ ...claim, workerId: draftOf().id });
    },
    hasClaims,
  );
}

function report([index, percent]: [number, number]): LedgerCommand {
  return new LedgerCommand(
    `report ${percent} % of claim ${index}`,
    async (model, { runs }) => {
      const claim = model.claimAt(index);
      const holds = model.holds(claim);
      expect(await runs.reportProgress(claim, percent, null)).toBe(holds);
      if (holds) model.change(claim.id, { percent });
    },
    hasClaims,
  );
}
