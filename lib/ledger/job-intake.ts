import type { EntityManager } from 'typeorm';
import type { InsertedJob, JobDraft } from '../core/job.js';
import type { JobStatus } from '../core/job-status.js';
import type { ClaimedInsert, JobIntake } from '../core/ports/job-intake.js';
import type { Claimant } from '../core/ports/local-claims.js';
import { afterCommit } from './after-commit.js';
import {
  claimedInsertValues,
  extraOf,
  insertValues,
  isPlain,
  plainJobsValues,
  plainJobValues,
  replaceValues,
} from './draft-values.js';
import type { LedgerConnection } from './ledger-connection.js';
import { isUniqueViolation } from './postgres-errors.js';
import { claimOf, typeNamesOf } from './row-mapper.js';
import { findStandingJobs } from './statements/find-standing-jobs.sql.js';
import { freeExpiredKeys } from './statements/free-expired-keys.sql.js';
import { insertAndClaimJob } from './statements/insert-and-claim-job.sql.js';
import { insertJobs } from './statements/insert-jobs.sql.js';
import { insertPlainJob } from './statements/insert-plain-job.sql.js';
import { insertPlainJobs } from './statements/insert-plain-jobs.sql.js';
import { replaceHeldJob } from './statements/replace-held-job.sql.js';

/** Between a refusal and the look at the holder of a key the holder may end; so often in a row it does not. */
const MOST_TRIES = 20;

/**
 * PostgreSQL keeps no json of more than 256 MB. Short numbers take six times as much there as in the text, and in all
 * other texts a character is three bytes at most.
 */
const LONGEST_PLAIN_TEXT = 16 * 1_024 * 1_024;

/** The producer's door: called by `producer/`; one statement for most drafts, some more for those with a key. */
export class PostgresJobIntake implements JobIntake<EntityManager> {
  constructor(private readonly connection: LedgerConnection) {}

  async insert(drafts: readonly JobDraft[], manager?: EntityManager): Promise<InsertedJob[]> {
    if ((await this.writePlain(drafts, manager)) === 'written') return drafts.map(pendingJobOf);
    return this.writeEach(drafts, manager);
  }

  async insertAndClaim(draft: JobDraft, claimant: Claimant): Promise<ClaimedInsert> {
    const values = claimedInsertValues(draft, claimant);
    const [row] = await this.connection.queryRaw(insertAndClaimJob, values);
    if (row === undefined) {
      const [job] = await this.writeEach([draft], undefined);
      return { job: job!, claim: undefined }; // the intake answers for each draft
    }
    if (row.at(-1) !== 'running')
      return { job: { id: draft.id, status: 'pending', created: true }, claim: undefined };
    const claim = claimOf(row, claimant.workerId, draft.queue, typeNamesOf([draft.type]));
    return { job: { id: draft.id, status: 'running', created: true }, claim };
  }

  afterCommit(manager: EntityManager, action: () => void): void {
    afterCommit(manager, action);
  }

  /**
   * Plain drafts are written all or none, so that PostgreSQL need not answer for each. None when one of them is there
   * already: from an earlier try whose reply was lost, because ids are made for each draft.
   */
  private async writePlain(
    drafts: readonly JobDraft[],
    manager: EntityManager | undefined,
  ): Promise<'written' | 'not written'> {
    const [first] = drafts;
    if (first === undefined) return 'written';
    if (!drafts.every(isPlain)) return 'not written';
    if (drafts.length === 1) return this.writePlainOne(first, manager);
    return manager === undefined && fitTogether(drafts) ? this.writePlainMany(drafts) : 'not written';
  }

  private async writePlainOne(
    draft: JobDraft,
    manager: EntityManager | undefined,
  ): Promise<'written' | 'not written'> {
    const rows = await this.connection.queryIn(manager, insertPlainJob, plainJobValues(draft));
    return rows.length === 1 ? 'written' : 'not written';
  }

  private async writePlainMany(drafts: readonly JobDraft[]): Promise<'written' | 'not written'> {
    try {
      await this.connection.query(insertPlainJobs, plainJobsValues(drafts));
      return 'written';
    } catch (error) {
      if (isUniqueViolation(error)) return 'not written';
      throw error;
    }
  }

  private async writeEach(
    drafts: readonly JobDraft[],
    manager: EntityManager | undefined,
  ): Promise<InsertedJob[]> {
    const jobs = new Map<JobDraft, InsertedJob>();
    if (drafts.some(hasKey)) await this.replaceHeld(drafts, jobs, manager);
    let left = drafts.filter((draft) => !jobs.has(draft));
    for (let tries = 0; left.length > 0; tries += 1) {
      if (tries === MOST_TRIES)
        throw new Error(`the key "${left[0]?.unique?.key}" changes hands all the time`);
      await this.write(left, jobs, manager);
      left = left.filter((draft) => !jobs.has(draft));
    }
    return drafts.map((draft) => jobs.get(draft)!); // the loop ends when none is left
  }

  private async write(
    drafts: readonly JobDraft[],
    jobs: Map<JobDraft, InsertedJob>,
    manager: EntityManager | undefined,
  ): Promise<void> {
    const written = await this.connection.queryIn<WrittenRow>(
      manager,
      insertJobs,
      insertValues(inKeyOrder(drafts)),
    );
    const statuses = new Map(written.map(({ id, status }) => [id, status]));
    for (const draft of drafts) {
      const status = statuses.get(draft.id);
      if (status !== undefined) jobs.set(draft, { id: draft.id, status, created: true });
    }
    const left = drafts.filter((draft) => !jobs.has(draft));
    if (left.length > 0) await this.findStanding(left, jobs, manager);
  }

  private async findStanding(
    drafts: readonly JobDraft[],
    jobs: Map<JobDraft, InsertedJob>,
    manager: EntityManager | undefined,
  ): Promise<void> {
    const values = [drafts.map(({ id }) => id), drafts.map(({ unique }) => unique?.key ?? null)];
    const rows = await this.connection.queryIn<StandingRow>(manager, findStandingJobs, values);
    const standing = new Map(rows.map((row) => [row.draft_id, row]));
    for (const draft of drafts) {
      const row = standing.get(draft.id);
      if (row !== undefined)
        jobs.set(draft, { id: row.id, status: row.status, created: row.id === draft.id });
    }
  }

  /** Keys whose time is over are freed; drafts that replace find their job here, unless it runs or there is none. */
  private async replaceHeld(
    drafts: readonly JobDraft[],
    jobs: Map<JobDraft, InsertedJob>,
    manager: EntityManager | undefined,
  ): Promise<void> {
    const keys = drafts.flatMap(({ unique }) => unique?.key ?? []);
    await this.connection.queryIn(manager, freeExpiredKeys, [keys]);
    for (const draft of drafts) {
      if (draft.unique?.onConflict !== 'replace') continue;
      const values = replaceValues(draft, draft.unique.key, extraOf(draft));
      const [row] = await this.connection.queryIn<WrittenRow>(manager, replaceHeldJob, values);
      if (row !== undefined)
        jobs.set(draft, { id: row.id, status: row.status, created: row.id === draft.id });
    }
  }
}

interface WrittenRow {
  readonly id: string;
  readonly status: JobStatus;
}

interface StandingRow extends WrittenRow {
  readonly draft_id: string;
}

/** Whether the payloads fit into one json. */
function fitTogether(drafts: readonly JobDraft[]): boolean {
  let length = 0;
  for (const { payload } of drafts) length += payload.length;
  return length <= LONGEST_PLAIN_TEXT;
}

function pendingJobOf({ id }: JobDraft): InsertedJob {
  return { id, status: 'pending', created: true };
}

function hasKey({ unique }: JobDraft): boolean {
  return unique !== undefined && unique !== null;
}

/** One order for everybody: two producers that write the same keys wait for each other, and do not deadlock. */
function inKeyOrder(drafts: readonly JobDraft[]): readonly JobDraft[] {
  if (!drafts.some(hasKey)) return drafts;
  return [...drafts].sort((left, right) => compare(left.unique?.key ?? '', right.unique?.key ?? ''));
}

function compare(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
