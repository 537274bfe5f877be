import type { Claim } from '../core/claim.js';
import { byClaimOrder, type LinePlace } from '../core/claim-order.js';

/** The head gets so much of the time: after a look that cost 5 ms the reading goes on behind it for 50. */
const HEAD_SHARE = 0.1;

/** Nobody who comes to stand before the reader waits longer for a look at the head. */
const LONGEST_MS = 1_000;

/** What a job costs falls with the first cheaper claim, and rises by so much at most: a stall is no measure. */
const RISE = 1.1;

/** One look at the line, and where it begins: behind a place, or at the head. */
export interface Look {
  readonly after: LinePlace | undefined;
  readonly begunMs: number;
  /** Which look at the head it follows. */
  readonly lap: number;
}

/** What a look came to. */
export interface LookEnd {
  readonly asked: number;
  /** In claim order. */
  readonly claims: readonly Claim[];
  readonly nowMs: number;
}

/**
 * Where the line of a queue was read up to in the ledger.
 *
 * What was claimed leaves its entries at the head of PostgreSQL's index. Each look at the head walks past them, and while
 * somebody holds a transaction open that is older, past each of them one by one. So as long as the line gives all that is
 * asked for, the next look begins where the last one ended; and as often as a look at the head is worth it, it begins
 * there: for jobs that have come to stand before that place, being more important, or tried again.
 */
export class LineReading {
  private place: LinePlace | undefined;
  private lap = 0;
  private headAtMs = Number.NEGATIVE_INFINITY;
  /** How much longer a look at the head takes than one behind a place. */
  private headCostMs = 0;
  private furtherMsPerJob: number | undefined;

  begin(nowMs: number): Look {
    const after = this.isHeadDue(nowMs) ? undefined : this.place;
    if (after === undefined) this.headAtMs = nowMs;
    return { after, begunMs: nowMs, lap: this.lap };
  }

  ended(look: Look, end: LookEnd): void {
    if (look.after === undefined) this.headEnded(look, end);
    else this.furtherEnded(look, end);
  }

  /** The next look begins at the head. */
  forget(): void {
    this.place = undefined;
    this.lap += 1;
  }

  private isHeadDue(nowMs: number): boolean {
    if (this.place === undefined) return true;
    if (this.furtherMsPerJob === undefined) return false; // without it nobody can say what the head costs
    return nowMs - this.headAtMs >= Math.min(LONGEST_MS, this.headCostMs / HEAD_SHARE);
  }

  private headEnded({ begunMs }: Look, { asked, claims, nowMs }: LookEnd): void {
    // One look that seems cheap, beside others that were slow for any other reason, is no proof.
    this.headCostMs = Math.max(this.excessOf(nowMs - begunMs, claims.length), this.headCostMs / 2);
    this.lap += 1;
    this.place = claims.length < asked ? undefined : claims.at(-1);
  }

  /** How much longer than behind a place; 0 while nobody knows how long that takes. */
  private excessOf(tookMs: number, claimed: number): number {
    return this.furtherMsPerJob === undefined ? 0 : Math.max(0, tookMs - claimed * this.furtherMsPerJob);
  }

  private furtherEnded({ begunMs, lap }: Look, { asked, claims, nowMs }: LookEnd): void {
    if (claims.length > 0) {
      const msPerJob = (nowMs - begunMs) / claims.length;
      this.furtherMsPerJob = Math.min(msPerJob, (this.furtherMsPerJob ?? Infinity) * RISE);
    }
    if (lap !== this.lap) return; // since then the head was looked at, and the reading goes on from there
    const last = claims.at(-1);
    if (last === undefined || claims.length < asked) this.place = undefined;
    else if (this.place !== undefined && byClaimOrder(this.place, last) < 0) this.place = last;
  }
}
