/** How often a lease is renewed, and how long it holds. */
export interface LeaseRhythm {
  readonly beatMs: number;
  readonly leaseMs: number;
}

/** What a watchdog says without being asked. `gone`: it beats no more, and somebody else must. */
export type WatchdogReport =
  | { readonly kind: 'buried' }
  | { readonly kind: 'failed'; readonly error: Error }
  | { readonly kind: 'gone'; readonly reason: string };

/** Beats for this process beside its event loop: a handler that blocks the loop must not make a living worker look dead. */
export interface Watchdog {
  /** How long ago the last beat that got through was sent, in ms; ∞ before the first. */
  readonly sinceProofMs: number;
  /** No beat is sent after this call. */
  stop(): void;
}
