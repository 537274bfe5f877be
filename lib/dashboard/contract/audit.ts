/** GET audit?jobId=&action=&cursor= */
export interface AuditPageData {
  readonly rows: readonly AuditRow[];
  readonly nextCursor: string | null;
}

export interface AuditRow {
  readonly id: string;
  readonly at: string;
  readonly action: string;
  readonly actor: string | null;
  readonly reason: string | null;
  readonly jobId: string | null;
  readonly queue: string | null;
  readonly type: string | null;
  readonly selection: unknown;
  readonly affected: number;
}
