import { conditionsFor, type JobRange } from './job-conditions.js';
import type { StatementTemplate, Tables } from './statement.js';

/** A statement together with its parameters. */
export interface BoundStatement {
  readonly template: StatementTemplate;
  readonly values: unknown[];
}

/** Searches come in many shapes, and somebody may try them all; what is forgotten is made again. */
const MOST_REMEMBERED = 1_000;

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
    const { shape, values, sql } = conditionsFor(range, this.ownParameters + 1);
    return { template: this.templateFor(shape, sql), values: [...own, ...values] };
  }

  private templateFor(shape: string, sql: (tables: Tables) => string): StatementTemplate {
    const known = this.templates.get(shape);
    if (known !== undefined) return known;
    const template: StatementTemplate = {
      name: shape === '' ? this.name : `${this.name}:${shape}`,
      text: (tables) => this.text(tables, sql(tables)),
    };
    if (this.templates.size >= MOST_REMEMBERED) this.templates.clear();
    this.templates.set(shape, template);
    return template;
  }
}
