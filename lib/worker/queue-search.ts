import type { Claim, Room } from '../core/claim.js';
import type { EventBus } from '../core/event-bus.js';
import type { Clock } from '../core/ports/clock.js';
import type { Dispatcher, Taken } from '../core/ports/dispatcher.js';
import type { RunLedger } from '../core/ports/run-ledger.js';
import type { ClaimAhead } from './claim-ahead.js';
import { ClaimWay, isMostlyWrong } from './claim-way.js';
import { ClaimsUnderWay } from './claims-under-way.js';
import { LineReading } from './line-reading.js';
import type { PauseWatch } from './pause-watch.js';
import type { SlotBook } from './slot-book.js';

/** What a search works with. */
export interface SearchParts {
  readonly queues: readonly string[];
  readonly dispatcher: Dispatcher;
  readonly ledger: RunLedger;
  readonly slots: SlotBook;
  readonly ahead: ClaimAhead;
  readonly pauses: PauseWatch;
  readonly clock: Clock;
  readonly events: EventBus;
  /** This process's worker id; `undefined` while it cannot prove that it lives. */
  readonly workerId: () => string | undefined;
  /** False: nothing may be begun now. */
  readonly mayGoOn: () => boolean;
  readonly onClaims: (claims: readonly Claim[]) => void;
  /** The dispatcher lost its memory of a queue. */
  readonly onForgotten: (queue: string) => Promise<void>;
  /** The dispatcher runs low on these types while the ledger has more. */
  readonly onLow: (queue: string, types: readonly string[]) => void;
  readonly onFailed: (error: unknown) => void;
  /** A claim has ended, and its room is free or filled. */
  readonly onEnded: () => void;
}

/** Who is asked: the ledger in any case, or the dispatcher unless the ledger is the shorter way. */
export type AskedFirst = 'ledger' | 'dispatcher';

/** What a search came to. */
export interface Found {
  /** How many jobs the queue gave, or would have given: fewer than were asked for are all that there is room for. */
  readonly count: number;
  /** Another pass may find more. If not, asking again beside each lone job is wasted: the next one rings a bell. */
  readonly mayHaveMore: boolean;
}

type Hints = Extract<Taken, { readonly kind: 'hints' }>;

const NOTHING: Found = { count: 0, mayHaveMore: false };

/**
 * Claims that may be under way at once: while PostgreSQL writes one, the dispatcher is asked for the next. A job type
 * or a queue with a limit of its own allows for one alone: whose the jobs under way are is not known before they are
 * here, and what is beyond the limit would wait here though another process may have room for it.
 */
const CLAIMS_AT_ONCE = 2;

/** Looks for the next jobs of one queue: take hints → claim → hand over; or claim what the ledger itself has. */
export class QueueSearch {
  private readonly underWay: ClaimsUnderWay;
  private readonly ways: ReadonlyMap<string, ClaimWay>;
  private readonly readings: ReadonlyMap<string, LineReading>;
  /** The ledger had no more than this in its last answer, so a second claim beside the next one finds nothing. */
  private ledgerRanOut = true;
  private lastHintsWereWrong = false;

  constructor(private readonly parts: SearchParts) {
    this.ways = new Map(parts.queues.map((queue) => [queue, new ClaimWay()]));
    this.readings = new Map(parts.queues.map((queue) => [queue, new LineReading()]));
    this.underWay = new ClaimsUnderWay({
      slots: parts.slots,
      most: () => this.claimsAtOnce(),
      onFailed: parts.onFailed,
      onEnded: parts.onEnded,
    });
  }

  /** Jobs may become this worker's at this moment. */
  get isUnderWay(): boolean {
    return this.underWay.size > 0;
  }

  /** Resolves when no claim is under way. */
  whenNone(): Promise<void> {
    return this.underWay.whenNone();
  }

  /**
   * The last hints were mostly wrong: others have claimed past them, or somebody has filled the dispatcher with what is
   * none of the queue's.
   */
  get isMisled(): boolean {
    return this.lastHintsWereWrong;
  }

  /** Whatever the last hints were, it counts no longer. */
  forgive(): void {
    this.lastHintsWereWrong = false;
  }

  /**
   * `rooms` are those that were shared out among the queues: were they measured anew, a queue whose turn is late would
   * get less than its share whenever the reserve shrinks meanwhile.
   */
  async search(queue: string, limit: number, rooms: readonly Room[], first: AskedFirst): Promise<Found> {
    const workerId = this.parts.workerId();
    const open = this.parts.mayGoOn() ? this.parts.pauses.openRooms(queue, rooms) : [];
    if (workerId === undefined || open.length === 0 || limit === 0) return NOTHING;
    // Beside a limit of its own, what is passed over at the head is what there is room for next.
    if (first === 'ledger' || this.parts.slots.hasLimits) this.readingOf(queue).forget();
    if (first === 'ledger' || this.wayOf(queue).next === 'ledger') {
      const count = await this.claimByQueue(workerId, queue, open, limit);
      return { count, mayHaveMore: count > 0 }; // the dispatcher has not been asked, and may hold wrong hints
    }
    const begunMs = this.parts.clock.monotonicMs();
    const taken = await this.parts.dispatcher.take(queue, open, limit);
    switch (taken.kind) {
      case 'look':
        return this.found(await this.claimByQueue(workerId, queue, open, limit), limit, 0);
      case 'forgotten':
        await this.parts.onForgotten(queue);
        return { count: limit, mayHaveMore: true };
      case 'hints':
        if (taken.lowTypes.length > 0) this.parts.onLow(queue, taken.lowTypes);
        if (taken.ids.length > 0) await this.claimById(workerId, queue, taken, begunMs);
        return this.found(taken.ids.length, limit, taken.left);
    }
  }

  /** Where a type or a queue has a limit of its own, it may be that limit which ended the search. */
  private found(count: number, limit: number, left: number): Found {
    return { count, mayHaveMore: count > 0 && (count >= limit || left > 0 || this.parts.slots.hasLimits) };
  }

  /** Resolves when the next claim may begin. */
  private async claimById(workerId: string, queue: string, hints: Hints, takenMs: number): Promise<void> {
    const { ledger, slots, pauses, clock } = this.parts;
    const asked = hints.ids.length;
    await this.underWay.begin(asked, async () => {
      const begunMs = clock.monotonicMs();
      const claims = await ledger.claimById(workerId, queue, slots.typeNames, hints.ids);
      const claimed = claims.length;
      // Hints that the ledger refuses may have been of a queue that rests by now: no more of them before it is known.
      if (claimed < asked) pauses.doubt();
      this.lastHintsWereWrong = isMostlyWrong({ asked, claimed });
      this.wayOf(queue).hintsBrought({ asked, claimed, tookMs: clock.monotonicMs() - takenMs }, hints.left);
      return () => this.handOver(queue, claims, asked, begunMs);
    });
  }

  /**
   * Answers how many there were; while the ledger has more than is asked for, or may have some at the head of the line,
   * that it was all that was asked for.
   */
  private async claimByQueue(workerId: string, queue: string, rooms: Room[], limit: number): Promise<number> {
    const { ledger, dispatcher, clock } = this.parts;
    const reading = this.readingOf(queue);
    let count = limit;
    await this.underWay.begin(limit, async () => {
      const look = reading.begin(clock.monotonicMs());
      const claims = await ledger.claimByQueue(workerId, queue, rooms, limit, look.after);
      const nowMs = clock.monotonicMs();
      const claimed = claims.length;
      this.ledgerRanOut = claimed < limit;
      if (look.after === undefined) count = claimed;
      reading.ended(look, { asked: limit, claims, nowMs });
      // Behind its place the line has ended; what the ledger has is not known before the head was looked at.
      if (look.after === undefined || claimed === limit)
        this.wayOf(queue).ledgerBrought({ asked: limit, claimed, tookMs: nowMs - look.begunMs });
      // They may be hinted at as well. Told before any of them runs: what a run announces anew comes after it.
      if (this.wayOf(queue).next === 'ledger')
        void dispatcher.withdrawUpTo(queue, lastOfEachType(claims), look.after);
      else if (claimed > 0) void dispatcher.withdraw(queue, claims);
      return () => this.handOver(queue, claims, claimed, look.begunMs);
    });
    return count;
  }

  private claimsAtOnce(): number {
    const { dispatcher, slots, mayGoOn } = this.parts;
    if (slots.hasLimits || !mayGoOn()) return 1;
    return dispatcher.mode !== 'redis' && this.ledgerRanOut ? 1 : CLAIMS_AT_ONCE;
  }

  private handOver(queue: string, claims: readonly Claim[], hints: number, begunMs: number): void {
    if (hints === 0) return;
    this.parts.events.emit('runs.claimed', { queue, claims, hints });
    this.parts.slots.ahead = this.parts.ahead.claimTook(this.parts.clock.monotonicMs() - begunMs);
    this.parts.onClaims(claims);
  }

  private wayOf(queue: string): ClaimWay {
    return this.ways.get(queue)!; // made for each queue that is served
  }

  private readingOf(queue: string): LineReading {
    return this.readings.get(queue)!; // as above
  }
}

/** Of each type the claim that stood last in its line: the ledger answers in claim order. */
function lastOfEachType(claims: readonly Claim[]): Claim[] {
  const lasts = new Map<string, Claim>();
  for (const claim of claims) lasts.set(claim.type, claim);
  return [...lasts.values()];
}
