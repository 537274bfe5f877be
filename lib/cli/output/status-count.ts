import type { JobStatus } from '../../core/job-status.js';
import { countText } from './times.js';

/** Counts by status, and which of them are estimates. */
export interface StatusFigures {
  readonly counts: Readonly<Record<JobStatus, number>>;
  readonly estimated: readonly JobStatus[];
}

/** `1,234`, and `≈1,234` for an estimate. */
export function statusCount({ counts, estimated }: StatusFigures, status: JobStatus): string {
  const isEstimated = estimated.includes(status) && counts[status] > 0;
  return `${isEstimated ? '≈' : ''}${countText(counts[status])}`;
}
