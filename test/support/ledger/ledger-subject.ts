import type { KyuStores } from '../../../lib/kyu.stores.js';

/** A transaction of the caller's, still open. */
export interface OpenTransaction<Transaction> {
  readonly manager: Transaction;
  readonly commit: () => Promise<void>;
  readonly rollback: () => Promise<void>;
}

/** The stores without the dispatcher, opened already. */
type Ledger<Transaction> = Omit<
  KyuStores<Transaction>,
  'jobTypes' | 'open' | 'warmUp' | 'createDispatcher' | 'describe'
>;

/** A ledger under test: its doors, and what a test needs around them. */
export interface LedgerSubject<Transaction> extends Ledger<Transaction> {
  begin(): Promise<OpenTransaction<Transaction>>;
  /** Lets time pass for everything that the ledger holds, without waiting. */
  passTime(ms: number): Promise<void>;
  /** The ledger's own clock. */
  nowMs(): Promise<number>;
  /** Removes every row. */
  clear(): Promise<void>;
}

/** Opens an empty ledger. */
export type OpenLedger<Transaction> = () => Promise<LedgerSubject<Transaction>>;
