/** The ledger's tables, quoted and qualified. */
export interface Tables {
  readonly jobs: string;
  readonly attempts: string;
  readonly workers: string;
  readonly duties: string;
  readonly pauses: string;
  readonly audit: string;
  readonly logs: string;
  readonly schedules: string;
  readonly jobTypes: string;
  readonly archive: string;
  readonly versions: string;
  readonly sessions: string;
}

/** One SQL statement before the schema is known. `name` is its prepared name and what errors call it. */
export interface StatementTemplate {
  readonly name: string;
  readonly text: (tables: Tables) => string;
}

/** One SQL statement, ready to run. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

/** The tables of one schema. The schema's name was checked against `isSchemaName`; quoting is the second lock. */
export function tablesOf(schema: string): Tables {
  const quoted = `"${schema.replaceAll('"', '""')}"`;
  return {
    jobs: `${quoted}.kyu_jobs`,
    attempts: `${quoted}.kyu_attempts`,
    workers: `${quoted}.kyu_workers`,
    duties: `${quoted}.kyu_duties`,
    pauses: `${quoted}.kyu_pauses`,
    audit: `${quoted}.kyu_audit`,
    logs: `${quoted}.kyu_job_logs`,
    schedules: `${quoted}.kyu_schedules`,
    jobTypes: `${quoted}.kyu_job_types`,
    archive: `${quoted}.kyu_jobs_archive`,
    versions: `${quoted}.kyu_schema_versions`,
    sessions: `${quoted}.kyu_dashboard_sessions`,
  };
}

/** Binds templates to a schema, once per statement. */
export class StatementBook {
  readonly tables: Tables;
  private readonly bound = new WeakMap<StatementTemplate, Statement>();

  constructor(readonly schema: string) {
    this.tables = tablesOf(schema);
  }

  get(template: StatementTemplate): Statement {
    const known = this.bound.get(template);
    if (known !== undefined) return known;
    // The schema is part of the prepared name: two instances may share a server connection behind a pooler.
    const statement = { name: `kyu:${this.schema}:${template.name}`, text: template.text(this.tables) };
    this.bound.set(template, statement);
    return statement;
  }
}
