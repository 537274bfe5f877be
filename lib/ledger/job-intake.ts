import type { EntityManager } from 'typeorm';
import type { InsertedJob, JobDraft } from '../core/job.js';
import type { JobStatus } from '../core/job-status.js';
import type { JobIntake } from '../core/ports/ledger.js';
import { afterCommit } from './after-commit.js';
import type { LedgerConnection } from './ledger-connection.js';
import { insertJobs } from './statements/insert-jobs.sql.js';

/** The producer's door: called by `producer/`, calls insert-jobs. */
export class PostgresJobIntake implements JobIntake<EntityManager> {
  constructor(private readonly connection: LedgerConnection) {}

  async insert(drafts: readonly JobDraft[], manager?: EntityManager): Promise<InsertedJob[]> {
    const rows = await this.connection.queryIn<{ id: string; status: JobStatus }>(manager, insertJobs, [
      draftsAsJson(drafts),
    ]);
    const statuses = new Map(rows.map((row) => [row.id, row.status]));
    return drafts.map((draft) => ({ id: draft.id, status: statuses.get(draft.id) ?? 'pending' }));
  }

  afterCommit(manager: EntityManager, action: () => void): void {
    afterCommit(manager, action);
  }
}

/** Payloads are JSON text already: they are joined in, not parsed and written a second time. */
function draftsAsJson(drafts: readonly JobDraft[]): string {
  return `[${drafts.map(draftAsJson).join(',')}]`;
}

function draftAsJson(draft: JobDraft): string {
  const at = draft.scheduledAt === null ? '' : `,"at":"${draft.scheduledAt}"`;
  // Names are checked by `isName` and ids are UUIDs: neither holds a character that JSON would escape.
  return (
    `{"id":"${draft.id}","queue":"${draft.queue}","type":"${draft.type}","priority":${draft.priority},` +
    `"retries":${draft.maxRetries},"timeout":${draft.timeoutMs},"delay":${draft.delayMs}${at},` +
    `"payload":${draft.payload}}`
  );
}
