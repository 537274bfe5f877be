import type { EntityManager } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Job } from '../../lib/core/job.js';
import { eventually } from '../support/eventually.js';
import { LedgerStage } from '../support/ledger/ledger-stage.js';
import { openLedger, type PostgresSubject } from '../support/ledger/open-ledger.js';

/** What another transaction makes of a running job before it commits. */
const SETTLED_AS: readonly (readonly [Job['status'], string])[] = [
  ['failed', 'scheduled_at = now()'],
  ['dead', 'completed_at = now()'],
];

/**
 * A statement sees the ledger as it was when the statement began, waits for whoever holds the job, and must then decide
 * by what the other has left behind. Found by the random interleavings in test/property.
 */
describe('an operator who meets a settle', () => {
  let subject: PostgresSubject;
  let stage: LedgerStage<EntityManager>;

  beforeAll(async () => {
    subject = await openLedger();
    stage = new LedgerStage(subject);
  });

  afterAll(() => subject.close());

  async function runningJob(): Promise<string> {
    const id = await stage.enqueue();
    await stage.claim(id, await stage.worker());
    return id;
  }

  /** Ends the job's run in an open transaction, lets the operator run into it, and commits. */
  async function meet<Answer>(id: string, changes: string, act: () => Promise<Answer>): Promise<Answer> {
    const settle = await subject.begin();
    await settle.manager.query(
      `update ${subject.schema}.kyu_jobs set locked_by = null, locked_at = null, ${changes} where id = $1`,
      [id],
    );
    await settle.manager.query(
      `insert into ${subject.schema}.kyu_attempts
         (job_id, run, attempt, worker_id, started_at, finished_at, outcome)
       values ($1, 1, 1, gen_random_uuid(), now(), now(), 'failed')`,
      [id],
    );
    const answer = act();
    await eventually(async () => expect(await waiting()).toBe(1));
    await settle.commit();
    return answer;
  }

  async function waiting(): Promise<number> {
    const rows = await subject.dataSource.query<{ count: string }[]>(
      `select count(*) from pg_stat_activity where wait_event_type = 'Lock' and query like '%' || $1 || '%'`,
      [subject.schema],
    );
    return Number(rows[0]?.count);
  }

  it('cancels a job that ran when the call began and waits for its next attempt now', async () => {
    const id = await runningJob();
    const changes = `status = 'failed', scheduled_at = now()`;
    const answer = await meet(id, changes, () => subject.inspection.cancel(id, null));
    expect(answer.kind).toBe('changed');
    expect(await stage.job(id)).toMatchObject({ status: 'cancelled', lockedBy: null, run: 1 });
  });

  it.each(SETTLED_AS)(
    'redrives a job that ran when the call began and is %s now',
    async (status, columns) => {
      const id = await runningJob();
      const changes = `status = '${status}', ${columns}`;
      const answer = await meet(id, changes, () => subject.inspection.retry(id));
      expect(answer.kind).toBe('changed');
      expect(await stage.job(id)).toMatchObject({ status: 'pending', lockedBy: null, run: 1 });
    },
  );

  it('deletes a job together with the run that was recorded meanwhile', async () => {
    const id = await runningJob();
    const changes = `status = 'failed', scheduled_at = now()`;
    const answer = await meet(id, changes, () => subject.inspection.delete(id));
    expect(answer.kind).toBe('changed');
    expect(await subject.inspection.find(id)).toBeUndefined();
    expect(await stage.runs(id)).toEqual([]);
  });
});
