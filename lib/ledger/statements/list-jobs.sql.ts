import type { JobListPage, JobListSort } from '../../core/ports/job-lists.js';
import { FilteredStatement } from '../filtered-statement.js';
import { JOB_COLUMNS } from './job-columns.js';
import { SUMMARY_COLUMNS } from './summary-columns.js';

/** What a page of jobs looks like, beside what it is narrowed by. */
export type ListShape = Pick<JobListPage, 'sort' | 'order' | 'archived'> & {
  readonly columns: 'jobs' | 'summaries';
  /** Behind a place, and not from the beginning on. */
  readonly goesOn: boolean;
  /** At a place, and not at the end: a step of a walk. */
  readonly stops: boolean;
};

/** How an order is said: what it goes by, what has no place in it, and its key as text that comes back unchanged. */
interface SortText {
  readonly column: string;
  readonly condition?: string;
  readonly key: string;
  readonly type: string;
}

/** An instant as the key of a place. */
export const instantKey = (instant: string): string =>
  `to_char(${instant} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

const SORTS: Readonly<Record<JobListSort, SortText>> = {
  created: { column: 'job.id', key: 'null', type: 'uuid' },
  updated: { column: 'job.updated_at', key: instantKey('job.updated_at'), type: 'timestamptz' },
  finished: {
    column: 'job.completed_at',
    condition: 'job.completed_at is not null',
    key: instantKey('job.completed_at'),
    type: 'timestamptz',
  },
  scheduled: {
    column: 'job.scheduled_at',
    condition: `job.status in ('scheduled', 'failed')`,
    key: instantKey('job.scheduled_at'),
    type: 'timestamptz',
  },
  priority: { column: 'job.priority', key: 'job.priority::text', type: 'integer' },
};

const made = new Map<string, FilteredStatement>();

/**
 * One page of jobs in some order, by key and never by offset.
 * Called by: `KyuAdmin.list`, `summaries`, `search` and `deadJobs`. Changes nothing.
 * Index: kyu_jobs_pkey for the order of creation, kyu_jobs_finished for that of the end; the other orders read what the
 * filter leaves, along the index of a status, of tags, a parent or an end where it names one.
 * The page is found by its ids first: payloads of jobs that are not on it are never touched.
 * $1 limit; behind a place: its id, and but for the order of creation its key; up to a place: the same; then the filter's.
 */
export function listJobs(shape: ListShape): FilteredStatement {
  const name = nameOf(shape);
  const known = made.get(name) ?? new FilteredStatement(name, parametersOf(shape), textOf(shape));
  made.set(name, known);
  return known;
}

function nameOf({ columns, sort, order, archived, goesOn, stops }: ListShape): string {
  const part = `${goesOn ? 'on' : 'first'}${stops ? '-step' : ''}`;
  return ['list', archived ? 'archived' : 'living', columns, sort, order, part].join('-');
}

function parametersOf({ sort, goesOn, stops }: ListShape): number {
  return 1 + [goesOn, stops].filter(Boolean).length * parametersOfPlace(sort);
}

function parametersOfPlace(sort: JobListSort): number {
  return sort === 'created' ? 1 : 2;
}

/** What jobs are ordered by, in SQL. */
export function sortOf(sort: JobListSort): SortText {
  return SORTS[sort];
}

/** Compares with a place whose id is the parameter `first`, and whose key, if it has one, is the next. */
export function placeAmong(sort: JobListSort, sign: '<' | '>' | '<=' | '>=', first: number): string {
  if (sort === 'created') return `job.id ${sign} $${first}::uuid`;
  const { column, type } = SORTS[sort];
  return `(${column}, job.id) ${sign} ($${first + 1}::${type}, $${first}::uuid)`;
}

function textOf(shape: ListShape): ConstructorParameters<typeof FilteredStatement>[2] {
  const { columns, sort, order, archived, goesOn, stops } = shape;
  const by = SORTS[sort];
  const [behind, upTo] = order === 'desc' ? (['<', '>='] as const) : (['>', '<='] as const);
  const stop = goesOn ? 2 + parametersOfPlace(sort) : 2;
  const inOrder = sort === 'created' ? `job.id ${order}` : `${by.column} ${order}, job.id ${order}`;
  const archivedAt = archived ? 'job.archived_at' : 'null::timestamptz as archived_at';
  const wanted = columns === 'jobs' ? JOB_COLUMNS.replaceAll(/\b[a-z_]+\b/g, 'job.$&') : SUMMARY_COLUMNS;
  return ({ jobs, archive }, conditions) => {
    const table = archived ? archive : jobs;
    const all = [
      conditions.replaceAll(`from ${jobs} tagged`, `from ${table} tagged`),
      by.condition,
      goesOn ? placeAmong(sort, behind, 2) : undefined,
      stops ? placeAmong(sort, upTo, stop) : undefined,
    ];
    return `
select ${wanted}, ${archivedAt}, ${by.key} as place
from (
  select job.id
  from ${table} job
  where ${all.filter((condition) => condition !== undefined).join('\n  and ')}
  order by ${inOrder}
  limit $1
) page
join ${table} job on job.id = page.id
order by ${inOrder}`;
  };
}
