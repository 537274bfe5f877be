/** What the doctor found. */
export interface Finding {
  /** Stable; docs/doctor.md has each. */
  readonly code: FindingCode;
  readonly severity: 'critical' | 'warning' | 'note';
  readonly text: string;
  readonly remedy: string;
  /** Whether `KyuAdmin.fix(code)` can see to it without harm. */
  readonly canFix: boolean;
}

/** Everything that the doctor looks for. */
export const FINDING_CODES = [
  'schema-version',
  'table-missing',
  'column-missing',
  'column-differs',
  'index-missing',
  'index-invalid',
  'constraint-missing',
  'schema-not-compared',
  'redis-away',
  'redis-behind',
  'redis-ahead',
  'redis-forgot',
  'redis-foreign-key',
  'orphaned-jobs',
  'unhandled-types',
  'no-worker',
  'clock-skew',
  'bloat',
  'autovacuum-late',
  'held-transaction',
  'prepared-transaction',
  'duty-late',
] as const;

/** What a finding is about. */
export type FindingCode = (typeof FINDING_CODES)[number];

/** What came of a fix. */
export interface FixResult {
  readonly code: FindingCode;
  /** In words. */
  readonly done: readonly string[];
}
