import type { Clock } from '../core/ports/clock.js';

/**
 * More than this waiting in one process would be withheld from its neighbours, and each of them is charged with an
 * attempt when the process dies.
 */
const MOST_AHEAD = 1_000;

/** Claims are planned for so many round trips: one under way, and a reserve for a slow one. */
const ROUND_TRIPS = 2;

/** Weight of the newest measurement. */
const SMOOTHING = 0.2;

/**
 * How many claims should wait in this process so that a freed slot finds its next job here instead of waiting for a
 * round trip: runs that end per ms × ms that a claim takes (Little's law). Slow jobs make it zero, so nothing is
 * withheld from idle neighbours; no-op jobs make it hundreds.
 */
export class ClaimAhead {
  private claimMs = 0;
  private endedPerMs = 0;
  private ended = 0;
  private countedSinceMs: number;

  constructor(
    private readonly clock: Clock,
    private readonly concurrency: number,
  ) {
    this.countedSinceMs = clock.monotonicMs();
  }

  runEnded(): void {
    this.ended += 1;
  }

  /** One claim came back; answers how many should wait from now on. */
  claimTook(elapsedMs: number): number {
    this.claimMs += SMOOTHING * (elapsedMs - this.claimMs);
    this.measureRate();
    const wanted = Math.ceil(this.endedPerMs * this.claimMs * ROUND_TRIPS);
    // Fewer than a slot's worth is a rounding of "slow": then nothing waits.
    return wanted < this.concurrency / 4 ? 0 : Math.min(MOST_AHEAD, 20 * this.concurrency, wanted);
  }

  private measureRate(): void {
    const now = this.clock.monotonicMs();
    const elapsedMs = now - this.countedSinceMs;
    if (elapsedMs < 1) return;
    this.endedPerMs += SMOOTHING * (this.ended / elapsedMs - this.endedPerMs);
    this.ended = 0;
    this.countedSinceMs = now;
  }
}
