import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ReadingTimeoutError } from '../../lib/core/errors.js';
import { PostgresLedgerExamination } from '../../lib/ledger/ledger-examination.js';
import { openLedger, type PostgresSubject } from '../support/ledger/open-ledger.js';

describe('the examination of the schema', () => {
  let subject: PostgresSubject;
  let examination: PostgresLedgerExamination;

  beforeAll(async () => {
    subject = await openLedger();
    examination = new PostgresLedgerExamination(subject.connection);
  });
  afterAll(() => subject.close());

  const change = (sql: string): Promise<unknown> =>
    subject.dataSource.query(sql.replaceAll('kyu.', `${subject.schema}.`));

  it('F75 finds nothing after the migrations, and leaves nothing behind', async () => {
    expect(await examination.schema()).toMatchObject({
      version: 3,
      needed: 3,
      differences: [],
      obstacle: null,
    });
    const left: unknown = await subject.dataSource.query(
      `select nspname from pg_namespace where nspname like 'kyu_doctor_%'`,
    );
    expect(left).toEqual([]);
  });

  it('F75 finds what somebody changed, and makes indexes again', async () => {
    await change('drop index kyu.kyu_jobs_dead');
    await change('drop index kyu.kyu_jobs_unique');
    await change('alter table kyu.kyu_jobs alter column priority type bigint');
    await change('alter table kyu.kyu_jobs drop constraint kyu_jobs_end');
    await change('alter table kyu.kyu_workers drop column drain_then_exit');
    await change('drop table kyu.kyu_dashboard_sessions');
    const { differences } = await examination.schema();
    expect(differences.map(({ kind, name }) => `${kind} ${name}`).toSorted()).toEqual([
      'column-differs kyu_jobs.priority',
      'column-missing kyu_workers.drain_then_exit',
      'constraint-missing kyu_jobs.kyu_jobs_end',
      'index-missing kyu_dashboard_sessions_expiry',
      'index-missing kyu_jobs_dead',
      'index-missing kyu_jobs_unique',
      'table-missing kyu_dashboard_sessions',
    ]);
    await change(
      'create table kyu.kyu_dashboard_sessions (token_hash text primary key, account jsonb not null, expires_at timestamptz not null)',
    );
    expect((await examination.repairIndexes()).toSorted()).toEqual([
      'kyu_dashboard_sessions_expiry',
      'kyu_jobs_dead',
      'kyu_jobs_unique',
    ]);
    expect((await examination.schema()).differences.filter(({ kind }) => kind.startsWith('index'))).toEqual(
      [],
    );
  });

  it('F75 replaces an index that is invalid', async () => {
    await subject.dataSource.query(
      `update pg_index set indisvalid = false where indexrelid = '${subject.schema}.kyu_jobs_due'::regclass`,
    );
    expect((await examination.schema()).differences).toContainEqual(
      expect.objectContaining({ kind: 'index-invalid', name: 'kyu_jobs_due' }),
    );
    expect(await examination.repairIndexes()).toEqual(['kyu_jobs_due']);
  });

  it('F85 sees a transaction that is held', async () => {
    const { manager, rollback } = await subject.begin();
    await manager.query('select 1');
    const { heldTransactions } = await examination.vitals();
    expect(heldTransactions.length).toBeGreaterThan(0);
    await rollback();
  });

  it('F78 a reading that takes too long says so, and what to do', async () => {
    const { manager, rollback } = await subject.begin();
    await manager.query(`lock table ${subject.schema}.kyu_jobs in access exclusive mode`);
    const page = { filter: {}, sort: 'created', order: 'desc', limit: 1, archived: false } as const;
    const error: unknown = await subject.operator.lists.summaries(page).catch((reason: unknown) => reason);
    await rollback();
    expect(error).toBeInstanceOf(ReadingTimeoutError);
    expect(String(error)).toContain('Narrow it');
    expect(await subject.operator.lists.summaries(page)).toEqual({ found: [] });
  });
});
