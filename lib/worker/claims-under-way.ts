import type { SlotBook } from './slot-book.js';

/** What claims under way work with. */
export interface UnderWayParts {
  readonly slots: Pick<SlotBook, 'reserve' | 'release'>;
  /** How many may be under way, now. */
  readonly most: () => number;
  readonly onFailed: (error: unknown) => void;
  /** One has ended, and its room is free or filled. */
  readonly onEnded: () => void;
}

/** Claims that the ledger has not answered yet. The room that they may fill is reserved meanwhile. */
export class ClaimsUnderWay {
  private readonly claims = new Set<Promise<void>>();

  constructor(private readonly parts: UnderWayParts) {}

  get size(): number {
    return this.claims.size;
  }

  /**
   * Begins a claim. Resolves at once when another may begin beside it, else when one has ended. Never rejects.
   * @param room how many slots it may fill
   * @param claim answers what to do with what it brought, when its room is free again
   */
  async begin(room: number, claim: () => Promise<() => void>): Promise<void> {
    // More may have been allowed a moment ago, when the others began.
    await this.untilFewerThan(this.parts.most());
    this.parts.slots.reserve(room);
    const underWay = this.run(room, claim).finally(() => {
      this.claims.delete(underWay);
      this.parts.onEnded();
    });
    this.claims.add(underWay);
    await this.untilFewerThan(this.parts.most());
  }

  /** Resolves when none is under way. */
  whenNone(): Promise<void> {
    return this.untilFewerThan(1);
  }

  private async run(room: number, claim: () => Promise<() => void>): Promise<void> {
    try {
      const handOver = await claim().finally(() => this.parts.slots.release(room));
      handOver();
    } catch (error) {
      this.parts.onFailed(error);
    }
  }

  private async untilFewerThan(claims: number): Promise<void> {
    while (this.claims.size >= claims) await Promise.race(this.claims);
  }
}
