import type { JobId } from '../core/job.js';
import type { JobFilter } from '../core/ports/ledger.js';
import type { StatementTemplate, Tables } from './statement.js';

/** Which jobs, and from where on. */
export interface JobRange extends JobFilter {
  /** Only jobs older than this id. */
  readonly before?: JobId | undefined;
  /** Only jobs newer than this id. */
  readonly after?: JobId | undefined;
}

/** A statement together with its parameters. */
export interface BoundStatement {
  readonly template: StatementTemplate;
  readonly values: unknown[];
}

/**
 * A statement whose conditions depend on what a person filters by. Only what is asked for is in the text, so that the
 * planner can go by the index of it; a condition that may be null hides every index. Values are always parameters.
 * Each combination is a statement of its own with a name of its own; people use few.
 */
export class FilteredStatement {
  private readonly templates = new Map<string, StatementTemplate>();

  /**
   * @param ownParameters how many parameters the text has itself; those of the conditions follow
   * @param text gets the conditions on a table that it calls `job`
   */
  constructor(
    private readonly name: string,
    private readonly ownParameters: number,
    private readonly text: (tables: Tables, conditions: string) => string,
  ) {}

  bind(own: readonly unknown[], range: JobRange): BoundStatement {
    const asked = CONDITIONS.filter(({ key }) => range[key] !== undefined);
    const values = [...own, ...asked.map(({ parameterOf, key }) => parameterOf?.(range) ?? range[key])];
    return { template: this.templateFor(asked), values };
  }

  private templateFor(asked: readonly Condition[]): StatementTemplate {
    const shape = asked.map(({ letter }) => letter).join('');
    const known = this.templates.get(shape);
    if (known !== undefined) return known;
    const template: StatementTemplate = {
      name: shape === '' ? this.name : `${this.name}:${shape}`,
      text: (tables) => this.text(tables, conditionsOf(asked, this.ownParameters + 1, tables)),
    };
    this.templates.set(shape, template);
    return template;
  }
}

interface Condition {
  readonly key: keyof JobRange;
  /** In the statement's name. */
  readonly letter: string;
  readonly sql: (parameter: string, tables: Tables) => string;
  /** What the parameter is, where it is not the value itself. */
  readonly parameterOf?: (range: JobRange) => unknown;
}

const CONDITIONS: readonly Condition[] = [
  { key: 'statuses', letter: 's', sql: (parameter) => `job.status = any(${parameter}::text[])` },
  { key: 'types', letter: 't', sql: (parameter) => `job.job_type = any(${parameter}::text[])` },
  { key: 'queues', letter: 'q', sql: (parameter) => `job.queue = any(${parameter}::text[])` },
  {
    key: 'tags',
    letter: 'g',
    // By ids, and not beside the other conditions: what the planner guesses of tags would lead it past their index.
    sql: (parameter, { jobs }) =>
      `job.id = any (array(select tagged.id from ${jobs} tagged where tagged.tags @> ${parameter}::text[]))`,
  },
  {
    key: 'payload',
    letter: 'p',
    // The value of JSON's null arrives as SQL's.
    sql: (parameter) => `not exists (
    select from jsonb_to_recordset(${parameter}::jsonb) as wanted (path text[], value jsonb)
    where job.payload #> wanted.path is distinct from coalesce(wanted.value, 'null')
  )`,
    parameterOf: ({ payload }) => JSON.stringify(payload),
  },
  { key: 'createdFrom', letter: 'c', sql: (parameter) => `job.created_at >= ${parameter}::timestamptz` },
  { key: 'createdBefore', letter: 'd', sql: (parameter) => `job.created_at < ${parameter}::timestamptz` },
  { key: 'finishedFrom', letter: 'e', sql: (parameter) => `job.completed_at >= ${parameter}::timestamptz` },
  { key: 'finishedBefore', letter: 'f', sql: (parameter) => `job.completed_at < ${parameter}::timestamptz` },
  { key: 'parentId', letter: 'o', sql: (parameter) => `job.parent_id = ${parameter}::uuid` },
  { key: 'before', letter: 'x', sql: (parameter) => `job.id < ${parameter}::uuid` },
  { key: 'after', letter: 'y', sql: (parameter) => `job.id > ${parameter}::uuid` },
];

function conditionsOf(asked: readonly Condition[], first: number, tables: Tables): string {
  const conditions = asked.map(({ sql }, index) => sql(`$${first + index}`, tables));
  return ['job.deleted_at is null', ...conditions].join('\n  and ');
}
