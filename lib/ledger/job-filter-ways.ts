import type { JobStatus } from '../core/job-status.js';
import type { JobListSort } from '../core/ports/job-lists.js';
import type { JobFilter } from '../core/ports/job-filter.js';

/** The statuses that have an index of their own. */
const INDEXED: readonly JobStatus[] = ['pending', 'running', 'scheduled', 'failed', 'dead'];
const ENDED: readonly JobStatus[] = ['completed', 'dead', 'cancelled'];
const WAITING: readonly JobStatus[] = ['scheduled', 'failed'];

/** All jobs are meant. */
export function isPlain(filter: JobFilter): boolean {
  return Object.values(filter).every((condition) => condition === undefined);
}

/** An index knows of something that is asked for: that may be few jobs, or a great part of them. */
export function isNarrow(filter: JobFilter): boolean {
  const { ids, tags, anyTags, parentId, workers, statuses } = filter;
  const { finishedFrom, finishedBefore, finishedUnderMs, finishedOverMs } = filter;
  const traits = [ids, tags, anyTags, parentId, workers];
  const ends = [finishedFrom, finishedBefore, finishedUnderMs, finishedOverMs];
  return (
    [...traits, ...ends].some((condition) => condition !== undefined) ||
    (statuses?.every((status) => INDEXED.includes(status)) ?? false)
  );
}

/** No job can be found: none in these statuses has what the order goes by. */
export function isEmptyByItself({ statuses }: JobFilter, sort: JobListSort): boolean {
  if (statuses === undefined) return false;
  if (sort === 'finished') return !statuses.some((status) => ENDED.includes(status));
  return sort === 'scheduled' && !statuses.some((status) => WAITING.includes(status));
}
