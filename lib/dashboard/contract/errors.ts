/** GET errors?window=24h&limit= ; POST errors/:fingerprint/retry { dryRun?, reason?, limit? } answers BulkData */
export interface ErrorGroupsData {
  readonly groups: readonly ErrorGroup[];
  readonly approximate: boolean;
}

export interface ErrorGroup {
  readonly fingerprint: string;
  readonly errorName: string;
  /** A message as it was last seen. */
  readonly message: string;
  readonly types: readonly string[];
  readonly runs: number;
  readonly jobs: number;
  /** Jobs of the group that are dead, and could run again. */
  readonly dead: number;
  readonly firstSeenAt: string;
  readonly lastSeenAt: string;
  readonly sampleJobId: string;
}
