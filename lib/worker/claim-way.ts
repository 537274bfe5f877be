/** A claim that asks for fewer says nothing of what many cost, and need not be quick. */
const FEW = 100;

/** With so many more hints in store, the ledger has jobs for several claims. */
const PLENTY = 1_000;

/** Weight of the newest measurement. */
const SMOOTHING = 0.2;

/** The ledger may cost so many times as much as the dispatcher's way before it is left. */
const DEARER = 1.5;

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
 */
export class ClaimWay {
  private ledgerHasPlenty = false;
  private hintedMs: number | undefined;
  private ledgerMs: number | undefined;

  get next(): 'dispatcher' | 'ledger' {
    return this.ledgerHasPlenty && !this.isLedgerDearer ? 'ledger' : 'dispatcher';
  }

  /** @param left how many hints the dispatcher has beside those */
  hintsBrought(turn: ClaimTurn, left: number): void {
    this.hintedMs = smoothed(this.hintedMs, turn);
    if (isFull(turn) && left >= PLENTY) this.ledgerHasPlenty = true;
  }

  ledgerBrought(turn: ClaimTurn): void {
    this.ledgerMs = smoothed(this.ledgerMs, turn);
    this.ledgerHasPlenty = isFull(turn);
  }

  private get isLedgerDearer(): boolean {
    if (this.hintedMs === undefined || this.ledgerMs === undefined) return false;
    return this.ledgerMs > this.hintedMs * DEARER;
  }
}

function isFull({ asked, claimed }: ClaimTurn): boolean {
  return asked >= FEW && claimed === asked;
}

function smoothed(before: number | undefined, { claimed, tookMs }: ClaimTurn): number | undefined {
  if (claimed < FEW) return before;
  const forOne = tookMs / claimed;
  return before === undefined ? forOne : before + SMOOTHING * (forOne - before);
}
