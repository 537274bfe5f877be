import type { JobRow } from './jobs.js';

/** GET workers ; POST workers/:id/drain { exit?, reason? } answers 202 { id, state } */
export interface WorkerRow {
  readonly id: string;
  readonly host: string;
  readonly pid: number;
  readonly version: string;
  readonly state: string;
  readonly queues: readonly string[];
  readonly types: readonly string[] | null;
  readonly concurrency: number;
  readonly running: number;
  readonly jobs: readonly JobRow[];
  readonly startedAt: string;
  readonly heartbeatAgeMs: number;
  readonly drainRequestedAt: string | null;
}
