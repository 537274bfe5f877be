import { FINGERPRINT_LENGTH } from '../core/error-fingerprint.js';
import { idRangeOf, isIdPrefix } from '../core/search-values.js';
import type { JobId } from '../core/job.js';
import type { IdRange, JobConditions, JobFilter } from '../core/ports/job-filter.js';
import type { Tables } from './statement.js';
import { fingerprintSql } from './statements/error-pattern.js';

/** Which jobs, and from where on. */
export interface JobRange extends JobFilter {
  /** Only jobs older than this id. */
  readonly before?: JobId | undefined;
  /** Only jobs newer than this id. */
  readonly after?: JobId | undefined;
  /** Only this job and newer ones. */
  readonly from?: JobId | undefined;
  /** How jobs with tags are found: along their index, or by looking into each job that a walk comes to. */
  readonly tagsBy?: 'index' | 'job' | undefined;
}

/** What a filter comes to in SQL, on a table that is called `job`. */
export interface BoundConditions {
  /** The same for filters that lead to the same text. */
  readonly shape: string;
  readonly values: readonly unknown[];
  readonly sql: (tables: Tables) => string;
}

/** One condition: its letters in a statement's name, its parameters, and its text with those. */
interface Condition {
  readonly letters: string;
  readonly values: readonly unknown[];
  readonly sql: (parameters: readonly string[], tables: Tables) => string;
}

/**
 * Only what is asked for is in the text. `deleted_at` is always: a row that is marked is out of sight.
 * @param first the number of the first parameter
 */
export function conditionsFor(range: JobRange, first: number): BoundConditions {
  const { without, tagsBy = 'index', ...wanted } = range;
  const asked = [...rangeConditions(wanted), ...traitConditions(wanted, tagsBy)];
  const unwanted = traitConditions(without ?? {}, tagsBy);
  const all = [...asked, ...unwanted.map(turnedRound)];
  const bound = (tables: Tables): string[] => {
    let next = first;
    return all.map(({ values, sql }) => {
      const parameters = values.map((_, index) => `$${next + index}`);
      next += values.length;
      return sql(parameters, tables);
    });
  };
  return {
    shape: all.map(({ letters }) => letters).join(''),
    values: all.flatMap(({ values }) => values),
    sql: (tables) => ['job.deleted_at is null', ...bound(tables)].join('\n  and '),
  };
}

/** What is unknown, such as the error of a job that has none, is not what was unwanted. */
function turnedRound({ letters, values, sql }: Condition): Condition {
  return {
    letters: `-${letters}`,
    values,
    sql: (parameters, tables) => `(${sql(parameters, tables)}) is not true`,
  };
}

function traitConditions(wanted: JobConditions, tagsBy: 'index' | 'job'): Condition[] {
  const tagged = tagsBy === 'index' ? taggedByIndex : taggedByJob;
  const { statuses, types, queues, ids, tags, anyTags, payload, errors, fingerprints } = wanted;
  const { words, priorities, retryCounts, workers, uniqueKeys, parentId } = wanted;
  return [
    ...among('s', 'job.status', 'text', statuses),
    ...among('t', 'job.job_type', 'text', types),
    ...among('q', 'job.queue', 'text', queues),
    ...(ids === undefined ? [] : [idsWithin('i', 'job.id', ids)]),
    ...(tags === undefined ? [] : [tagged('g', '@>', tags)]),
    ...(anyTags === undefined ? [] : [tagged('h', '&&', anyTags)]),
    ...(payload ?? []).map(payloadCondition),
    ...(errors === undefined ? [] : [errorCondition(errors)]),
    ...(fingerprints === undefined ? [] : [fingerprintCondition(fingerprints)]),
    ...(words ?? []).map(wordCondition),
    ...among('P', 'job.priority', 'integer', priorities),
    ...among('R', 'job.retry_count', 'integer', retryCounts),
    ...(workers === undefined ? [] : [workerCondition(workers)]),
    ...(uniqueKeys === undefined ? [] : [keyCondition(uniqueKeys)]),
    ...one('o', parentId, (parameter) => `job.parent_id = ${parameter}::uuid`),
  ];
}

function rangeConditions(range: JobRange): Condition[] {
  const ago = (parameter: string): string => `now() - ${parameter}::float8 * interval '1 millisecond'`;
  return [
    ...one('c', range.createdFrom, (parameter) => `job.created_at >= ${parameter}::timestamptz`),
    ...one('d', range.createdBefore, (parameter) => `job.created_at < ${parameter}::timestamptz`),
    ...one('e', range.finishedFrom, (parameter) => `job.completed_at >= ${parameter}::timestamptz`),
    ...one('f', range.finishedBefore, (parameter) => `job.completed_at < ${parameter}::timestamptz`),
    ...one('C', range.youngerThanMs, (parameter) => `job.created_at > ${ago(parameter)}`),
    ...one('D', range.olderThanMs, (parameter) => `job.created_at < ${ago(parameter)}`),
    ...one('E', range.finishedUnderMs, (parameter) => `job.completed_at > ${ago(parameter)}`),
    ...one('F', range.finishedOverMs, (parameter) => `job.completed_at < ${ago(parameter)}`),
    ...one('a', range.priorityFrom, (parameter) => `job.priority >= ${parameter}::integer`),
    ...one('b', range.priorityTo, (parameter) => `job.priority <= ${parameter}::integer`),
    ...one('k', range.retriesFrom, (parameter) => `job.retry_count >= ${parameter}::integer`),
    ...one('l', range.retriesTo, (parameter) => `job.retry_count <= ${parameter}::integer`),
    ...one('x', range.before, (parameter) => `job.id < ${parameter}::uuid`),
    ...one('y', range.after, (parameter) => `job.id > ${parameter}::uuid`),
    ...one('z', range.from, (parameter) => `job.id >= ${parameter}::uuid`),
  ];
}

function one(letters: string, value: unknown, sql: (parameter: string) => string): Condition[] {
  if (value === undefined) return [];
  return [{ letters, values: [value], sql: ([parameter = '']) => sql(parameter) }];
}

function among(
  letters: string,
  column: string,
  type: string,
  list: readonly unknown[] | undefined,
): Condition[] {
  return one(letters, list, (parameter) => `${column} = any(${parameter}::${type}[])`);
}

/** Whole ids by a list, so that each is looked up; beginnings of ids as ranges. */
function idsWithin(letters: string, column: string, ranges: readonly IdRange[]): Condition {
  if (ranges.every(({ from, to }) => from === to)) {
    return {
      letters,
      values: [ranges.map(({ from }) => from)],
      sql: ([parameter = '']) => `${column} = any(${parameter}::uuid[])`,
    };
  }
  return {
    letters: `${letters}${ranges.length}`,
    values: ranges.flatMap(({ from, to }) => [from, to]),
    sql: (parameters) => {
      const spans = ranges.map(
        (_, index) =>
          `${column} between ${parameters[2 * index]}::uuid and ${parameters[2 * index + 1]}::uuid`,
      );
      return `(${spans.join(' or ')})`;
    },
  };
}

/** The status is said as well, for the sake of the index of running jobs. */
function workerCondition(ranges: readonly IdRange[]): Condition {
  const { letters, values, sql } = idsWithin('w', 'job.locked_by', ranges);
  return {
    letters,
    values,
    sql: (parameters, tables) => `(job.status = 'running' and ${sql(parameters, tables)})`,
  };
}

/** By ids, and not beside the other conditions: what the planner guesses of tags would lead it past their index. */
function taggedByIndex(letters: string, operator: '@>' | '&&', tags: readonly string[]): Condition {
  return {
    letters,
    values: [tags],
    sql: ([parameter = ''], { jobs }) =>
      `job.id = any (array(select tagged.id from ${jobs} tagged where tagged.tags ${operator} ${parameter}::text[]))`,
  };
}

function taggedByJob(letters: string, operator: '@>' | '&&', tags: readonly string[]): Condition {
  return {
    letters: letters.toUpperCase(),
    values: [tags],
    sql: ([parameter = '']) => `job.tags ${operator} ${parameter}::text[]`,
  };
}

function payloadCondition({ path, values }: NonNullable<JobConditions['payload']>[number]): Condition {
  return {
    letters: 'p',
    values: [path, values.map((value) => JSON.stringify(value))],
    sql: ([at = '', wanted = '']) => `job.payload #> ${at}::text[] = any(${wanted}::text[]::jsonb[])`,
  };
}

function errorCondition(errors: readonly string[]): Condition {
  return {
    letters: 'r',
    values: [errors.map(containing)],
    sql: ([parameter = '']) => `job.error_message ilike any(${parameter}::text[])`,
  };
}

function fingerprintCondition(fingerprints: readonly string[]): Condition {
  return {
    letters: 'm',
    values: [fingerprints.map((text) => text.toLowerCase().slice(0, FINGERPRINT_LENGTH))],
    sql: ([parameter = '']) => `${fingerprintSql('job.error_message')} = any(${parameter}::text[])`,
  };
}

function wordCondition(word: string): Condition {
  const prefix = word.toLowerCase();
  const isId = isIdPrefix(prefix);
  const { from, to } = isId ? idRangeOf(prefix) : { from: null, to: null };
  return {
    letters: isId ? 'W' : 'V',
    values: isId ? [containing(word), from, to] : [containing(word)],
    sql: ([pattern = '', least = '', most = '']) => {
      const byText = `job.job_type ilike ${pattern} or coalesce(job.error_message, '') ilike ${pattern}`;
      return isId ? `(${byText} or job.id between ${least}::uuid and ${most}::uuid)` : `(${byText})`;
    },
  };
}

/** The ledger has `type/queue/type/=order-42`; a person knows `order-42`. */
function keyCondition(keys: readonly string[]): Condition {
  return {
    letters: 'u',
    values: [keys.flatMap((key) => [likeText(key), `%/=${likeText(key)}`])],
    sql: ([parameter = '']) => `job.unique_key like any(${parameter}::text[])`,
  };
}

function containing(text: string): string {
  return `%${likeText(text)}%`;
}

/** What LIKE takes for itself stands for itself. */
function likeText(text: string): string {
  return text.replaceAll(/[\\%_]/g, String.raw`\$&`);
}
