/** The two ways of a connection, as its client sees them. */
export type Direction = 'requests' | 'replies';

/** What befalls the bytes that go one way. Nothing given = they pass at once. */
export interface LaneFault {
  /** Every byte arrives so much later; the order stays. */
  readonly delayMs?: number;
  /** Added to the delay, uniform between 0 and this. */
  readonly jitterMs?: number;
  /** So many bytes per second at most. */
  readonly bytesPerSecond?: number;
  /** Nothing arrives while this holds, the end of the connection included; afterwards everything does, as with TCP. */
  readonly blackHole?: boolean;
  /** The connection is cut once so many bytes of this way have arrived, counted from the moment of the fault. */
  readonly cutAfterBytes?: number;
}

/** A reply that is to be lost after its request was served. */
export interface LostReply {
  /** A piece of the request, within one packet of it. */
  readonly request: string;
  /** Whether the reply has arrived in full: what was asked for has happened by then. */
  readonly isWhole: (reply: Buffer) => boolean;
  /** A whole reply that says no is passed on, and the next request that fits is waited for. Default: every reply is lost. */
  readonly isWorthLosing?: (reply: Buffer) => boolean;
}
