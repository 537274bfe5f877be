/** GET doctor ; POST doctor/fix { code, reason? } answers { code, done: string[] } */
export interface FindingRow {
  readonly code: string;
  readonly severity: 'critical' | 'warning' | 'note';
  readonly text: string;
  readonly remedy: string;
  readonly canFix: boolean;
}
