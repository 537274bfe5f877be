import { JOB_STATUSES, type JobStatus } from '../core/job-status.js';
import type { JobCensus, StatusCount } from '../core/ports/ledger-inspection.js';

/** How many jobs there are. */
export interface JobStats {
  readonly total: number;
  /** Of these statuses there are so many that their numbers are estimates, from a sample; empty: all were counted. */
  readonly estimated: readonly JobStatus[];
  readonly byStatus: Readonly<Record<JobStatus, number>>;
  /** By type and status, all queues together. */
  readonly byType: Readonly<Record<string, Readonly<Record<JobStatus, number>>>>;
  /** By queue and status, all types together. */
  readonly byQueue: Readonly<Record<string, Readonly<Record<JobStatus, number>>>>;
  /** The same by queue, type and status; what there is none of is left out. */
  readonly groups: readonly StatusCount[];
}

/** The same counts, added up in every way that people ask for. */
export function statsOf({ groups, estimated }: JobCensus): JobStats {
  return {
    total: sumOf(groups),
    estimated,
    byStatus: byStatus(groups),
    byType: byName(groups, ({ type }) => type),
    byQueue: byName(groups, ({ queue }) => queue),
    groups,
  };
}

function byStatus(groups: readonly StatusCount[]): Record<JobStatus, number> {
  const counts = JOB_STATUSES.map((name) => [name, sumOf(groups.filter(({ status }) => status === name))]);
  return Object.fromEntries(counts) as Record<JobStatus, number>;
}

function byName(
  groups: readonly StatusCount[],
  nameOf: (group: StatusCount) => string,
): Record<string, Record<JobStatus, number>> {
  const names = [...new Set(groups.map(nameOf))].sort();
  return Object.fromEntries(
    names.map((name) => [name, byStatus(groups.filter((group) => nameOf(group) === name))]),
  );
}

/** How many jobs these are in all. */
export function sumOf(groups: readonly StatusCount[]): number {
  return groups.reduce((sum, { count }) => sum + count, 0);
}
