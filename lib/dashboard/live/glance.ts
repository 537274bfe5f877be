import type { ServerEvents } from '../contract.js';

export type Topic = ServerEvents['changed']['topics'][number];

/** How many jobs there are by status, and which of the numbers are estimates. */
export type Counted = Pick<ServerEvents['changed'], 'counts' | 'estimated'>;

/** What the ledger looks like now: a text for each topic, which differs when something of the topic changed. */
export interface LedgerGlance {
  readonly marks: Readonly<Partial<Record<Topic, string>>>;
  readonly counted: Counted;
}
