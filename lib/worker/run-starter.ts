import type { Claim } from '../core/claim.js';
import type { RunOutcome } from '../core/outcome.js';
import type { Clock } from '../core/ports/clock.js';
import type { HandlerTable } from '../core/ports/handler-table.js';
import type { CancelRequest } from '../core/ports/open-runs.js';
import { settle, type Settlement } from '../core/settlement.js';
import { isDangerous, Seclusion, type WaitingClaim } from './seclusion.js';
import type { SlotBook } from './slot-book.js';
import { WaitingLine } from './waiting-line.js';

/** What the run starter works with. */
export interface StarterParts {
  readonly handlers: HandlerTable;
  readonly slots: SlotBook;
  readonly clock: Clock;
  /** False while the process drains, or does not work: then every claim goes back. */
  readonly isOpen: () => boolean;
  /** Whether a run that this worker claimed may begin at this moment. */
  readonly covers: (workerId: string) => boolean;
  /** Beside the claims that wait here nothing runs, is claimed or has to be settled in this process. */
  readonly isQuiet: () => boolean;
  readonly begin: (claim: Claim, claimedAtMs: number) => void;
  /** A claim that never started has an end, too. */
  readonly onEnd: (settlement: Settlement) => void;
  /** The process may claim again. */
  readonly onOpened: () => void;
}

/**
 * The way of a claim from its arrival to the start of its run, or back to the ledger: it starts at once, waits in line
 * for a slot, waits to be alone (`Seclusion`), or goes back as it came.
 */
export class RunStarter {
  private readonly seclusion: Seclusion;
  private readonly line = new WaitingLine();
  private readonly mayStart = (claim: Claim): boolean => this.parts.slots.canStart(claim);
  private isStarting = false;

  constructor(private readonly parts: StarterParts) {
    this.seclusion = new Seclusion({
      clock: parts.clock,
      isQuiet: parts.isQuiet,
      start: (waiting) => {
        parts.slots.stopWaiting(waiting.claim);
        this.beginIfOwned(waiting);
      },
    });
  }

  /** A job is here that has to be alone: nothing else may be claimed. */
  get isClosed(): boolean {
    return this.seclusion.isClosed;
  }

  /** How many claims wait here. */
  get size(): number {
    return this.line.size + (this.seclusion.waiting === undefined ? 0 : 1);
  }

  /** The claims that wait here. */
  get claims(): Claim[] {
    const { waiting } = this.seclusion;
    return waiting === undefined ? this.line.claims : [...this.line.claims, waiting];
  }

  receive(claims: readonly Claim[]): void {
    const claimedAtMs = this.parts.clock.monotonicMs();
    for (const claim of claims) {
      if (!this.parts.isOpen() || this.isClosed) this.handBack(claim);
      else if (isDangerous(claim)) this.seclude({ claim, claimedAtMs });
      else if (this.mayStart(claim)) this.beginIfOwned({ claim, claimedAtMs });
      else this.wait({ claim, claimedAtMs });
    }
  }

  /** A run ended, and its slot is free. */
  slotFreed(claim: Claim): void {
    if (this.seclusion.release(claim)) this.parts.onOpened();
  }

  /**
   * Called whenever there is room. A synchronous handler ends inside `begin` and comes back here: the flag turns
   * that recursion into this loop.
   */
  startWaiting(): void {
    if (this.isStarting || !this.parts.isOpen() || this.isClosed) return;
    const { slots } = this.parts;
    this.isStarting = true;
    // Asked of the slots first: to hear of each claim in a long line that it may not start costs more than a run.
    while (!slots.isFull) {
      const next = this.line.takeFirst(this.mayStart);
      if (next === undefined) break;
      slots.stopWaiting(next.claim);
      this.beginIfOwned(next);
    }
    this.isStarting = false;
  }

  handBackWaiting(): void {
    for (const claim of this.claims) {
      this.stopWaiting(claim);
      this.handBack(claim);
    }
  }

  /** False when the claim does not wait here. */
  cancel({ id, run, reason }: CancelRequest): boolean {
    const claim = this.claims.find((waiting) => waiting.id === id && waiting.run === run);
    if (claim === undefined) return false;
    this.stopWaiting(claim);
    this.endUnstarted(claim, { kind: 'cancelled', reason });
    return true;
  }

  private wait(waiting: WaitingClaim): void {
    this.parts.slots.wait(waiting.claim);
    this.line.push(waiting);
  }

  /** What waits here goes back: the process may not live to settle it. */
  private seclude(waiting: WaitingClaim): void {
    this.handBackWaiting();
    this.parts.slots.wait(waiting.claim);
    this.seclusion.take(waiting);
  }

  private stopWaiting(claim: Claim): void {
    this.parts.slots.stopWaiting(claim);
    if (!this.seclusion.release(claim)) this.line.remove(claim);
  }

  /** Without a lease the job may run elsewhere by now: nothing begins, and a fenced release finds out. */
  private beginIfOwned({ claim, claimedAtMs }: WaitingClaim): void {
    if (!this.parts.covers(claim.workerId)) {
      this.seclusion.release(claim);
      return this.handBack(claim);
    }
    this.parts.slots.take(claim);
    this.parts.begin(claim, claimedAtMs);
  }

  /** A claim that never started: it goes back as it came. */
  private handBack(claim: Claim): void {
    this.endUnstarted(claim, { kind: 'released' });
  }

  private endUnstarted(claim: Claim, outcome: RunOutcome): void {
    const times = { startedAfterMs: 0, finishedAfterMs: 0 };
    const handler = this.parts.handlers.find(claim.type);
    if (handler === undefined) return; // claims name only handled types
    this.parts.onEnd(settle(claim, outcome, times, handler.retryPolicy, this.parts.clock.random));
  }
}
