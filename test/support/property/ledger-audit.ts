import { stepFaults, type AuditedChange, type AuditedState } from '../job-steps.js';
import type { PostgresSubject } from '../ledger/open-ledger.js';

export type { AuditedChange } from '../job-steps.js';

/** A run that ended, as `kyu_attempts` tells it. */
export interface AuditedRun {
  readonly jobId: string;
  readonly run: number;
  readonly workerId: string;
}

/** A trigger writes down what really happened to each job, whoever did it and in whatever order. */
export class LedgerAudit {
  private constructor(private readonly subject: PostgresSubject) {}

  static async install(subject: PostgresSubject): Promise<LedgerAudit> {
    for (const statement of auditStatements(subject.schema)) await subject.dataSource.query(statement);
    return new LedgerAudit(subject);
  }

  async clear(): Promise<void> {
    await this.subject.dataSource.query(`truncate ${this.subject.schema}.audit`);
  }

  /** In the order in which the changes happened; for one job that is also the order of its row locks. */
  async changes(): Promise<AuditedChange[]> {
    const rows = await this.subject.dataSource.query<ChangeRow[]>(
      `select job_id, before, after from ${this.subject.schema}.audit order by number`,
    );
    return rows.map((row) => ({ jobId: row.job_id, before: row.before, after: row.after }));
  }

  async runs(): Promise<AuditedRun[]> {
    return this.subject.dataSource.query<AuditedRun[]>(
      `select job_id as "jobId", run, worker_id as "workerId" from ${this.subject.schema}.kyu_attempts`,
    );
  }
}

interface ChangeRow {
  readonly job_id: string;
  readonly before: AuditedState | null;
  readonly after: AuditedState | null;
}

function auditStatements(schema: string): string[] {
  const state = (row: string): string =>
    `jsonb_build_object('status', ${row}.status, 'run', ${row}.run, 'owner', ${row}.locked_by,
       'retryCount', ${row}.retry_count, 'maxRetries', ${row}.max_retries)`;
  return [
    `create table ${schema}.audit (number bigserial, job_id uuid, before jsonb, after jsonb)`,
    `create function ${schema}.write_audit() returns trigger language plpgsql as $$
     declare
       seen_before jsonb := case when tg_op <> 'INSERT' then ${state('old')} end;
       seen_after jsonb := case when tg_op <> 'DELETE' then ${state('new')} end;
     begin
       if seen_before is distinct from seen_after then
         insert into ${schema}.audit (job_id, before, after)
         values (coalesce(new.id, old.id), seen_before, seen_after);
       end if;
       return null;
     end $$`,
    `create trigger audit after insert or update or delete on ${schema}.kyu_jobs
     for each row execute function ${schema}.write_audit()`,
  ];
}

/** What must not have happened: the invariants I3, I5, I6 and I12 of the ledger, read from the trail alone. */
export function auditFaults(changes: readonly AuditedChange[], runs: readonly AuditedRun[]): string[] {
  const last = new Map<string, AuditedState | null>();
  const ended = new Set<string>();
  const faults: string[] = [];
  for (const change of changes) {
    const { jobId, before, after } = change;
    const known = last.get(jobId) ?? null;
    if (JSON.stringify(known) !== JSON.stringify(before)) faults.push(`${jobId}: the trail is broken`);
    faults.push(...stepFaults(before, after).map((fault) => `${jobId}: ${fault}`));
    if (before?.status === 'running') ended.add(keyOf({ jobId, run: before.run, workerId: before.owner }));
    last.set(jobId, after);
  }
  const isDeleted = (jobId: string): boolean => last.get(jobId) === null;
  const expected = [...ended].filter((key) => !isDeleted(key.slice(0, 36))).sort();
  const recorded = runs.map(keyOf).sort();
  const missing = expected.filter((key) => !recorded.includes(key));
  const invented = recorded.filter((key) => !expected.includes(key));
  return [
    ...faults,
    ...missing.map((key) => `the run ${key} ended without a row in kyu_attempts`),
    ...invented.map((key) => `kyu_attempts tells of a run ${key} that did not end so`),
  ];
}

function keyOf(run: { jobId: string; run: number; workerId: string | null }): string {
  return `${run.jobId} ${run.run} by ${run.workerId}`;
}
