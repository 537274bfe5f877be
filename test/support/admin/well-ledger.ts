import type { LedgerVitals, SchemaExamination } from '../../../lib/core/ports/ledger-examination.js';

/** Nothing is wrong with the ledger of these. */
export const WELL: LedgerVitals = {
  nowMs: 0,
  producerSkewMs: null,
  orphans: [],
  tables: [],
  heldTransactions: [],
  lateDuties: [],
};

/** Nothing is wrong with the schema of these. */
export const SCHEMA: SchemaExamination = { version: 3, needed: 3, differences: [], obstacle: null };
