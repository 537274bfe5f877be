import * as fc from 'fast-check';
import type { Claim } from '../../../lib/core/claim.js';
import type { RunOutcome } from '../../../lib/core/outcome.js';
import { settle } from '../../../lib/core/settlement.js';
import { draftOf, identityOf, TIMES } from '../ledger/ledger-stage.js';
import { QUEUES, TYPES, WORKER_PLACES } from './ledger-command.js';
import type { LedgerLab } from './ledger-lab.js';

const LEASE_MS = 60_000;
const RESCUE = { staleAfterMs: 600_000, mostCrashes: 3, batchSize: 5 };
const error = new Error('mailbox full');

/** One call on one connection; numbers choose among what there is at that moment. */
export type TrafficStep =
  | { readonly kind: 'insert'; readonly count: number; readonly maxRetries: number; readonly delayMs: number }
  | { readonly kind: 'claim by id'; readonly place: number; readonly indexes: readonly number[] }
  | { readonly kind: 'claim by queue'; readonly place: number; readonly limit: number }
  | { readonly kind: 'settle'; readonly indexes: readonly number[]; readonly outcome: RunOutcome }
  | { readonly kind: 'report'; readonly index: number }
  | { readonly kind: 'lose the lease'; readonly place: number }
  | { readonly kind: 'rescue' | 'promote' | 'retry many' }
  | { readonly kind: 'cancel' | 'retry' | 'delete'; readonly index: number };

const indexes = fc.array(fc.nat(), { minLength: 1, maxLength: 6 });
const places = fc.nat({ max: WORKER_PLACES - 1 });

// Whatever is retried or snoozed is due at once: nobody can wait here for a clock.
const outcomes = fc.constantFrom<RunOutcome[]>(
  { kind: 'completed', result: null },
  { kind: 'failed', error },
  { kind: 'released' },
  { kind: 'snoozed', delayMs: 0 },
  { kind: 'snoozed', delayMs: 1 },
  { kind: 'discarded', error },
);

const steps: fc.Arbitrary<TrafficStep> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('insert' as const),
      count: fc.integer({ min: 1, max: 3 }),
      maxRetries: fc.nat({ max: 2 }),
      delayMs: fc.constantFrom(0, 0, 1),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('claim by id' as const), place: places, indexes }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('claim by queue' as const),
      place: places,
      limit: fc.integer({ min: 1, max: 5 }),
    }),
  },
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('settle' as const), indexes, outcome: outcomes }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('report' as const), index: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('lose the lease' as const), place: places }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom('rescue' as const, 'promote' as const, 'retry many' as const),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom('cancel' as const, 'cancel' as const, 'retry' as const, 'delete' as const),
      index: fc.nat(),
    }),
  },
);

/** What several connections do at once, each in its own order. */
export function trafficLanes(lanes: number, stepsPerLane: number): fc.Arbitrary<TrafficStep[][]> {
  const lane = fc.array(steps, { minLength: stepsPerLane, maxLength: stepsPerLane });
  return fc.array(lane, { minLength: lanes, maxLength: lanes });
}

/** The processes that share a ledger, and what they know: every id and every claim, theirs or not, current or not. */
export class LedgerTraffic {
  private readonly ids: string[] = [];
  private readonly claims: Claim[] = [];
  private readonly workers: string[] = [];

  private constructor(private readonly lab: LedgerLab) {}

  /** Empties the ledger, and starts with three workers and a handful of jobs. */
  static async begin(lab: LedgerLab): Promise<LedgerTraffic> {
    await lab.clear();
    const traffic = new LedgerTraffic(lab);
    for (let place = 0; place < WORKER_PLACES; place += 1) await traffic.register(place);
    await traffic.insert(5, 1, 0);
    return traffic;
  }

  /** Each lane waits only for itself; the first that fails makes the whole fail, when all have come to an end. */
  async run(lanes: readonly (readonly TrafficStep[])[]): Promise<void> {
    const ends = await Promise.allSettled(lanes.map((lane) => this.runLane(lane)));
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
  }

  private async runLane(lane: readonly TrafficStep[]): Promise<void> {
    for (const step of lane) await this.perform(step);
  }

  private async perform(step: TrafficStep): Promise<unknown> {
    const { upkeep, inspection, operator } = this.lab.subject;
    switch (step.kind) {
      case 'insert':
        return this.insert(step.count, step.maxRetries, step.delayMs);
      case 'claim by id':
        return this.claimById(step.place, step.indexes);
      case 'claim by queue':
        return this.claimByQueue(step.place, step.limit);
      case 'settle':
        return this.settle(step.indexes, step.outcome);
      case 'report':
        return this.report(step.index);
      case 'lose the lease':
        return this.loseLease(step.place);
      case 'rescue':
        return upkeep.rescue('shop', RESCUE);
      case 'promote':
        return upkeep.promote('shop', 5);
      case 'retry many':
        return operator.operations.retryMany({ filter: {}, limit: 3 });
      case 'cancel':
        return inspection.cancel(this.idAt(step.index), null);
      case 'retry':
        return inspection.retry(this.idAt(step.index));
      default:
        return inspection.delete(this.idAt(step.index));
    }
  }

  private async insert(count: number, maxRetries: number, delayMs: number): Promise<void> {
    const drafts = Array.from({ length: count }, (_, index) =>
      draftOf({ maxRetries, delayMs, type: TYPES[index % TYPES.length] ?? 'send_email' }),
    );
    await this.lab.subject.intake.insert(drafts);
    this.ids.push(...drafts.map(({ id }) => id));
  }

  private async claimById(place: number, wanted: readonly number[]): Promise<void> {
    const ids = [...new Set(wanted.map((index) => this.idAt(index)))];
    this.claims.push(...(await this.lab.runs.claimById(this.workerAt(place), 'shop', TYPES, ids)));
  }

  private async claimByQueue(place: number, limit: number): Promise<void> {
    const rooms = TYPES.map((type) => ({ type, size: limit }));
    this.claims.push(...(await this.lab.runs.claimByQueue(this.workerAt(place), 'shop', rooms, limit)));
  }

  /** The newest claims are chosen as often as all others together; either may be settled by two lanes at once. */
  private async settle(wanted: readonly number[], outcome: RunOutcome): Promise<void> {
    if (this.claims.length === 0) return;
    const newest = this.claims.slice(-8);
    const chosen = wanted.map((index) => pick(index % 2 === 0 ? newest : this.claims, index));
    const policy = { backoff: () => 0, resultLimitBytes: 1_000 };
    const batch = [...new Set(chosen)].map((claim) => settle(claim, outcome, TIMES, policy, () => 0.5));
    await this.lab.runs.settle(batch);
  }

  private async report(index: number): Promise<void> {
    if (this.claims.length > 0) await this.lab.runs.reportProgress(pick(this.claims, index), 50, null);
  }

  /** As after a pause: the ledger buries the worker, and its process goes on under a new id. */
  private async loseLease(place: number): Promise<void> {
    const { registry, upkeep } = this.lab.subject;
    await registry.beat(this.workerAt(place), -10_000);
    await upkeep.bury(QUEUES);
    await this.register(place);
  }

  private async register(place: number): Promise<void> {
    const workerId = this.lab.newWorkerId();
    await this.lab.subject.registry.register(identityOf({ workerId, queues: QUEUES }), LEASE_MS);
    this.workers[place] = workerId;
  }

  private workerAt(place: number): string {
    return pick(this.workers, place);
  }

  private idAt(index: number): string {
    return pick(this.ids, index);
  }
}

function pick<Item>(items: readonly Item[], index: number): Item {
  const item = items[index % items.length];
  if (item === undefined) throw new Error('there is nothing to pick from');
  return item;
}
