import type { JobTypeCatalogue, JobTypeSettings } from '../core/ports/job-type-catalogue.js';
import type { LedgerConnection } from './ledger-connection.js';
import { publishJobTypes } from './statements/publish-job-types.sql.js';

/** What code says about its job types, for `enqueue` in SQL. */
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
}
