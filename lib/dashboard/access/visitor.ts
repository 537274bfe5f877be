import type { Account, Permission } from '../contract.js';

/** Whoever asks, as far as it is known. */
export interface Visitor {
  readonly account: Account | null;
  readonly permissions: ReadonlySet<Permission>;
  /** For the trail. */
  readonly actor: string | null;
  /** Of the login; `null` where there is no session. */
  readonly sessionId: string | null;
  /** Bound to the session, where there is one. */
  readonly sessionToken: string | null;
}
