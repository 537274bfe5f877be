import type { JobTypeCatalogue, JobTypeSettings } from '../core/ports/job-type-catalogue.js';
import type { LedgerConnection } from './ledger-connection.js';
import { findJobType } from './statements/find-job-type.sql.js';
import { publishJobTypes } from './statements/publish-job-types.sql.js';

/** What code says about its job types, for `enqueue` in SQL and for those who name a type at run time. */
export class PostgresJobTypeCatalogue implements JobTypeCatalogue {
  constructor(private readonly connection: LedgerConnection) {}

  async publish(app: string, types: readonly JobTypeSettings[], payloadLimitBytes: number): Promise<void> {
    if (types.length === 0) return;
    await this.connection.query(publishJobTypes, [
      app,
      types.map(({ type }) => type),
      types.map(({ queue }) => queue),
      types.map(({ maxRetries }) => maxRetries),
      types.map(({ timeoutMs }) => timeoutMs),
      payloadLimitBytes,
    ]);
  }

  async find(app: string, type: string): Promise<JobTypeSettings | undefined> {
    const [row] = await this.connection.query<JobTypeRow>(findJobType, [app, type]);
    if (row === undefined) return undefined;
    const { job_type: known, queue, max_retries: maxRetries, timeout_ms: timeoutMs } = row;
    return { type: known, queue, maxRetries, timeoutMs: Number(timeoutMs) };
  }
}

interface JobTypeRow {
  readonly job_type: string;
  readonly queue: string;
  readonly max_retries: number;
  readonly timeout_ms: string;
}
