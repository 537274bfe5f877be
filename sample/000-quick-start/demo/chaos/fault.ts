import type { LedgerReader } from '../ledger-reader.js';
import type { Shop } from '../shop.js';
import type { ShopClient } from '../shop-client.js';

/** What was done to the system, and what it hit. */
export interface Fault {
  name: string;
  hit: string;
  /** Work was really under way where it hit. */
  didHit: boolean;
}

/** Where faults happen. */
export interface ChaosStage {
  shop: Shop;
  client: ShopClient;
  ledger: LedgerReader;
  /** How many orders are placed in all: the more, the later the faults. */
  orders: number;
  /** Says a line with the time. */
  say: (line: string) => void;
  signal: AbortSignal;
}
