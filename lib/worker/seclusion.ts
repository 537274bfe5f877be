import type { Claim } from '../core/claim.js';
import type { Clock, Timer } from '../core/ports/clock.js';

/** A claim that has not begun to run. */
export interface WaitingClaim {
  readonly claim: Claim;
  readonly claimedAtMs: number;
}

/** What seclusion works with. */
export interface SeclusionParts {
  readonly clock: Clock;
  /** Nothing else runs, waits, is claimed or has to be settled in this process. */
  readonly isQuiet: () => boolean;
  readonly start: (waiting: WaitingClaim) => void;
}

/** So many processes have died with the job: the next one is not to take others with it. */
const DANGEROUS_CRASHES = 2;

/** It happens rarely, and for a short time. */
const LOOK_EVERY_MS = 20;

/** Whether a job may be what its processes died of. */
export function isDangerous({ crashCount }: Claim): boolean {
  return crashCount >= DANGEROUS_CRASHES;
}

/**
 * Lets a job run alone that may be what two processes have died of. Each job that was in such a process has counted
 * its death; were they together a third time, all of them would be dead for what one of them does.
 *
 * Modes: open (jobs run side by side) → closed, waiting (the dangerous job is here; runs end, nothing is claimed, what
 * waits goes back and is settled) → closed, running (alone) → open.
 */
export class Seclusion {
  private held: WaitingClaim | undefined;
  private hasBegun = false;
  private look: Timer | undefined;

  constructor(private readonly parts: SeclusionParts) {}

  /** No other job may be claimed, begun or kept here. */
  get isClosed(): boolean {
    return this.held !== undefined;
  }

  /** The dangerous job, as long as it has not begun. */
  get waiting(): Claim | undefined {
    return this.hasBegun ? undefined : this.held?.claim;
  }

  take(waiting: WaitingClaim): void {
    this.held = waiting;
    this.hasBegun = false;
    this.look = this.parts.clock.every(LOOK_EVERY_MS, () => this.startWhenQuiet());
  }

  /** Opens again when it was this job that ended, or that is given up before it began. */
  release(claim: Claim): boolean {
    if (this.held?.claim !== claim) return false;
    this.look?.cancel();
    this.held = undefined;
    return true;
  }

  private startWhenQuiet(): void {
    if (this.held === undefined || this.hasBegun || !this.parts.isQuiet()) return;
    this.look?.cancel();
    this.hasBegun = true;
    this.parts.start(this.held);
  }
}
