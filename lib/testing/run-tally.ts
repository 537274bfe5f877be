import { fenceOf, type Claim } from '../core/claim.js';
import type { EventBus } from '../core/event-bus.js';
import type { JobStatus } from '../core/job-status.js';
import type { Settlement } from '../core/settlement.js';

/** How the runs of one call ended. */
export interface RunSummary {
  /** Ended well. */
  readonly completed: number;
  /** Failed or timed out, and get another attempt. */
  readonly failed: number;
  /** Jobs that are dead now: no attempts left, or discarded. */
  readonly dead: number;
  /** Ended because their job was cancelled while they ran. */
  readonly cancelled: number;
  /** Asked to run later. */
  readonly snoozed: number;
  /** Ended, but their process died before it could settle them: see `crashBeforeSettle`. */
  readonly crashed: number;
}

type Counts = { -readonly [Kind in keyof RunSummary]: number };

/** Counts what happens to runs, from the engine's own events. */
export class RunTally {
  /** Grows with everything that happens, so that whoever waits can see whether something did. */
  changes = 0;
  private readonly running = new Map<string, Claim>();
  private counts = nothing();
  private startsByType = new Map<string, number>();

  constructor(events: EventBus) {
    events.on('jobs.enqueued', () => this.note());
    events.on('jobs.promoted', () => this.note());
    events.on('runs.claimed', ({ claims }) => this.note(claims, (claim) => this.begun(claim)));
    events.on('runs.settled', ({ settlements }) => this.note(settlements, (one) => this.settled(one)));
    events.on('runs.lost', ({ settlements }) => this.note(settlements, (one) => this.lost(one)));
    events.on('jobs.rescued', ({ jobs }) =>
      this.note(jobs, ({ status }) => (this.counts.dead += status === 'dead' ? 1 : 0)),
    );
  }

  /** Counts from zero again; what is under way stays so. */
  reset(): void {
    this.counts = nothing();
    this.startsByType = new Map();
  }

  summary(): RunSummary {
    return { ...this.counts };
  }

  /** Runs that have begun and are not settled. */
  underWay(): Claim[] {
    return [...this.running.values()];
  }

  /** How many runs of each type have begun, the most first. */
  starts(): [type: string, runs: number][] {
    return [...this.startsByType].sort(([, left], [, right]) => right - left);
  }

  private note<Item>(items: readonly Item[] = [], each: (item: Item) => void = () => {}): void {
    this.changes += 1;
    items.forEach(each);
  }

  private begun(claim: Claim): void {
    this.running.set(fenceOf(claim), claim);
    this.startsByType.set(claim.type, (this.startsByType.get(claim.type) ?? 0) + 1);
  }

  private settled({ claim, status, outcome }: Settlement): void {
    this.running.delete(fenceOf(claim));
    if (isCounted(status)) this.counts[status] += 1;
    else if (outcome === 'snoozed') this.counts.snoozed += 1;
  }

  private lost({ claim }: Settlement): void {
    this.running.delete(fenceOf(claim));
    this.counts.crashed += 1;
  }
}

function isCounted(status: JobStatus): status is JobStatus & keyof RunSummary {
  return status === 'completed' || status === 'failed' || status === 'dead' || status === 'cancelled';
}

function nothing(): Counts {
  return { completed: 0, failed: 0, dead: 0, cancelled: 0, snoozed: 0, crashed: 0 };
}
