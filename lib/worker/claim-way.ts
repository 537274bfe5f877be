/** A claim that asks for fewer says nothing of what many cost, and need not be quick. */
const FEW = 100;

/** With so many more hints in store, the ledger has jobs for several claims. */
const PLENTY = 1_000;

/** What a job costs falls with the first cheaper claim, and rises by so much at most: one that met a stall is no measure. */
const RISE = 1.1;

/** The first claims of a process meet code and plans that are cold: so many are needed to compare anything with. */
const ENOUGH_HINTED = 5;

/** The ledger may cost so many times as much as the dispatcher's way before it is left. */
const DEARER = 3;

/** After hints that were mostly wrong the ledger may be asked for a few so often: who gets enough to do then asks for many. */
const CLAIMS_ON_CREDIT = 20;

/** What a claim came to. */
export interface ClaimTurn {
  readonly asked: number;
  readonly claimed: number;
  readonly tookMs: number;
}

/**
 * Where the next jobs of a queue are looked for: at the dispatcher, or in the ledger itself.
 *
 * As long as the ledger has jobs for many whole claims, a hint says nothing that its own index does not say, and each
 * costs a way through Redis and back. But while a transaction is held open, that index is full of what was claimed
 * long ago, and walking past it costs more with each claim; so the way that costs less for a job is taken. The poll,
 * which asks the ledger in any case, measures it again.
 *
 * A process that reads the line in the ledger is ahead of the hints of all others, for which only stale ones are left:
 * they would starve while they burn them. So they follow it.
 */
export class ClaimWay {
  private ledgerHasPlenty = false;
  private hintedMs = Number.POSITIVE_INFINITY;
  private hintedClaims = 0;
  private ledgerMs = Number.POSITIVE_INFINITY;
  /** Claims of a few that the ledger may be asked for because hints were mostly wrong. */
  private credit = 0;

  get next(): 'dispatcher' | 'ledger' {
    if (!this.ledgerHasPlenty) return 'dispatcher';
    if (this.hintedClaims < ENOUGH_HINTED && this.credit === 0) return 'dispatcher';
    return this.isLedgerDearer ? 'dispatcher' : 'ledger';
  }

  /** @param left how many hints the dispatcher has beside those */
  hintsBrought(turn: ClaimTurn, left: number): void {
    if (turn.claimed >= FEW) {
      this.hintedMs = measured(this.hintedMs, turn);
      this.hintedClaims += 1;
    }
    this.credit = isMostlyWrong(turn) && left >= PLENTY ? CLAIMS_ON_CREDIT : 0;
    if (isFull(turn) && left >= PLENTY) this.ledgerHasPlenty = true;
  }

  ledgerBrought(turn: ClaimTurn): void {
    if (turn.claimed >= FEW) this.ledgerMs = measured(this.ledgerMs, turn);
    if (this.credit > 0 && turn.asked < FEW) this.credit -= 1;
    this.ledgerHasPlenty = isFull(turn) || (this.credit > 0 && turn.claimed === turn.asked);
  }

  /** Not before it was asked: what it costs is unknown then. */
  private get isLedgerDearer(): boolean {
    return this.ledgerMs !== Number.POSITIVE_INFINITY && this.ledgerMs > this.hintedMs * DEARER;
  }
}

export function isMostlyWrong({ asked, claimed }: Pick<ClaimTurn, 'asked' | 'claimed'>): boolean {
  return 2 * claimed < asked;
}

function isFull({ asked, claimed }: ClaimTurn): boolean {
  return asked >= FEW && claimed === asked;
}

function measured(before: number, { claimed, tookMs }: ClaimTurn): number {
  return Math.min(tookMs / claimed, before * RISE);
}
