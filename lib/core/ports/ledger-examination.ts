/** Something about the schema that is not as the migrations make it. */
export interface SchemaDifference {
  readonly kind:
    | 'table-missing'
    | 'column-missing'
    | 'column-differs'
    | 'index-missing'
    | 'index-invalid'
    | 'constraint-missing';
  /** `kyu_jobs`, `kyu_jobs.tags`, `kyu_jobs_ready`. */
  readonly name: string;
  /** As it should be, and as it is where it differs. */
  readonly expected: string;
  readonly found: string | null;
}

/** How the schema stands. */
export interface SchemaExamination {
  readonly version: number;
  readonly needed: number;
  readonly differences: readonly SchemaDifference[];
  /** Why it could not be compared; `null` when it was. */
  readonly obstacle: string | null;
}

/** A table with rows that nobody can see any more. */
export interface TableHealth {
  readonly table: string;
  readonly liveRows: number;
  readonly deadRows: number;
  /** Since the last vacuum, by hand or not; `null`: never. */
  readonly vacuumedMsAgo: number | null;
}

/** A database session, or a prepared transaction, that keeps old rows from being removed. */
export interface HeldTransaction {
  /** `null` for a prepared one. */
  readonly pid: number | null;
  /** The application of the session, or the name of the prepared transaction. */
  readonly name: string;
  readonly state: string;
  readonly ageMs: number;
}

/** What the ledger shows of its own health. */
export interface LedgerVitals {
  /** By the database's clock. */
  readonly nowMs: number;
  /** How far the clocks of those who enqueued lately are ahead of the database's, as a rule; `null`: nobody did. */
  readonly producerSkewMs: number | null;
  /** Running jobs without a living owner, by queue; those of the last seconds are the reaper's. */
  readonly orphans: readonly { readonly queue: string; readonly count: number }[];
  readonly tables: readonly TableHealth[];
  readonly heldTransactions: readonly HeldTransaction[];
  /** Duties that nobody has done for more than a minute though a worker serves their queue. */
  readonly lateDuties: readonly { readonly duty: string; readonly queue: string; readonly lateMs: number }[];
}

/** The doctor's door to the ledger. */
export interface LedgerExamination {
  /** Makes the schema anew beside the real one, compares, and leaves nothing behind. */
  schema(): Promise<SchemaExamination>;
  /** @throws ReadingTimeoutError */
  vitals(): Promise<LedgerVitals>;
  /** Makes missing indexes and replaces invalid ones, without keeping anybody from writing; answers their names. */
  repairIndexes(): Promise<string[]>;
}
