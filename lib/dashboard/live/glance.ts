import type { ServerEvents } from '../contract.js';

export type Topic = ServerEvents['changed']['topics'][number];

/** What the ledger looks like now: a text for each topic, which differs when something of the topic changed. */
export interface LedgerGlance {
  readonly marks: Readonly<Partial<Record<Topic, string>>>;
  readonly counts: ServerEvents['changed']['counts'];
}
