import { DataSource, type EntityManager } from 'typeorm';
import { describe, expect, inject, it } from 'vitest';
import type { JobId } from '../../lib/core/job.js';
import { QUEUE, TYPE, useLedger } from '../support/ledger/ledger-stage.js';
import { openLedger, type PostgresSubject } from '../support/ledger/open-ledger.js';

const stageOf = useLedger(openLedger);
const subject = (): PostgresSubject => stageOf().ledger as PostgresSubject;
const dataSource = (): DataSource => subject().dataSource;

/** What ran after a commit, in order. */
let ran: string[] = [];

function note(manager: EntityManager, name: string): void {
  subject().intake.afterCommit(manager, () => ran.push(name));
}

/** A transaction, or a savepoint inside one, that ends with a rollback. */
async function rolledBack(
  outer: EntityManager | DataSource,
  work: (manager: EntityManager) => Promise<unknown>,
): Promise<void> {
  const reason = new Error('changed my mind');
  const transaction = outer.transaction(async (manager) => {
    await work(manager);
    throw reason;
  });
  await expect(transaction).rejects.toBe(reason);
}

async function enqueueAndNote(manager: EntityManager, name: string): Promise<JobId> {
  const id = await stageOf().enqueue({}, manager);
  note(manager, name);
  return id;
}

async function existing(ids: readonly JobId[]): Promise<JobId[]> {
  const jobs = await subject().inspection.list({ filter: {}, limit: 100 });
  return ids.filter((id) => jobs.some((job) => job.id === id));
}

describe('a job enqueued in nested transactions', () => {
  it('is told of at the outermost commit, not at the release of a savepoint', async () => {
    ran = [];
    const ids: JobId[] = [];
    await dataSource().transaction(async (outer) => {
      ids.push(await enqueueAndNote(outer, 'before'));
      await outer.transaction(async (inner) => ids.push(await enqueueAndNote(inner, 'inner')));
      expect(ran).toEqual([]);
      ids.push(await enqueueAndNote(outer, 'after'));
      expect(ran).toEqual([]);
    });
    expect(ran).toEqual(['before', 'inner', 'after']);
    expect(await existing(ids)).toEqual(ids);
  });

  it('is gone with its savepoint, and what is around it stays', async () => {
    ran = [];
    const [kept, lost]: JobId[][] = [[], []];
    await dataSource().transaction(async (outer) => {
      kept!.push(await enqueueAndNote(outer, 'before'));
      await rolledBack(outer, async (inner) => lost!.push(await enqueueAndNote(inner, 'lost')));
      await outer.transaction(async (inner) => kept!.push(await enqueueAndNote(inner, 'second inner')));
      kept!.push(await enqueueAndNote(outer, 'after'));
    });
    expect(ran).toEqual(['before', 'second inner', 'after']);
    expect(await existing([...kept!, ...lost!])).toEqual(kept);
  });

  it('is gone with the outer transaction, though its savepoint was released', async () => {
    ran = [];
    const ids: JobId[] = [];
    await rolledBack(dataSource(), async (outer) => {
      await outer.transaction(async (inner) => ids.push(await enqueueAndNote(inner, 'inner')));
      ids.push(await enqueueAndNote(outer, 'outer'));
    });
    expect(ran).toEqual([]);
    expect(await existing(ids)).toEqual([]);
  });

  it('shares the fate of every level above it, two levels deep', async () => {
    ran = [];
    const [kept, lost]: JobId[][] = [[], []];
    await dataSource().transaction(async (outer) => {
      await rolledBack(outer, async (middle) => {
        lost!.push(await enqueueAndNote(middle, 'rolled back'));
        await middle.transaction(async (inner) =>
          lost!.push(await enqueueAndNote(inner, 'released in vain')),
        );
      });
      await outer.transaction(async (middle) => {
        await middle.transaction(async (inner) => kept!.push(await enqueueAndNote(inner, 'innermost')));
        await rolledBack(middle, async (inner) => lost!.push(await enqueueAndNote(inner, 'lost')));
        kept!.push(await enqueueAndNote(middle, 'middle'));
      });
      kept!.push(await enqueueAndNote(outer, 'outer'));
      expect(ran).toEqual([]);
    });
    expect(ran).toEqual(['innermost', 'middle', 'outer']);
    expect(await existing([...kept!, ...lost!])).toEqual(kept);
  });

  it('is told of when nothing was enqueued but below a savepoint', async () => {
    ran = [];
    await dataSource().transaction(async (outer) => {
      await outer.transaction(async (middle) => {
        await middle.transaction(async (inner) => note(inner, 'innermost'));
      });
    });
    expect(ran).toEqual(['innermost']);
  });
});

describe('a job enqueued in a transaction of TypeORM', () => {
  it('is committed by the time it is told of', async () => {
    let claimed: Promise<unknown> | undefined;
    const worker = await stageOf().worker();
    const id = await dataSource().transaction(async (manager) => {
      const id = await stageOf().enqueue({}, manager);
      subject().intake.afterCommit(manager, () => {
        claimed = subject().runs.claimById(worker, QUEUE, [TYPE], [id]);
      });
      return id;
    });
    expect(await claimed).toMatchObject([{ id, run: 1 }]);
  });

  it('is told of at once outside of any transaction', async () => {
    ran = [];
    note(dataSource().manager, 'no runner');
    const runner = dataSource().createQueryRunner();
    await runner.connect();
    note(runner.manager, 'no transaction');
    await runner.release();
    expect(ran).toEqual(['no runner', 'no transaction']);
  });

  it('is never told of when the connection is lost before the commit, nor by a later transaction', async () => {
    ran = [];
    const ids: JobId[] = [];
    const own = await new DataSource({ type: 'postgres', url: inject('databaseUrl') }).initialize();
    const transaction = own.transaction(async (manager) => {
      ids.push(await enqueueAndNote(manager, 'lost'));
      const [{ pid }] = (await manager.query('select pg_backend_pid() as pid')) as [{ pid: number }];
      await dataSource().query('select pg_terminate_backend($1)', [pid]);
    });
    await expect(transaction).rejects.toThrow();
    await own.destroy();
    await dataSource().transaction(async (manager) => note(manager, 'next'));
    expect(ran).toEqual(['next']);
    expect(await existing(ids)).toEqual([]);
  });

  it('is never told of when the commit is refused', async () => {
    ran = [];
    const table = `"${subject().schema}".orders`;
    await dataSource().query(`create table ${table} (id integer unique deferrable initially deferred)`);
    const transaction = dataSource().transaction(async (manager) => {
      await enqueueAndNote(manager, 'refused');
      await manager.query(`insert into ${table} values (1), (1)`);
    });
    await expect(transaction).rejects.toThrow('duplicate key');
    expect(ran).toEqual([]);
  });

  it('is told of by a data source that was closed and opened again', async () => {
    ran = [];
    const own = await new DataSource({ type: 'postgres', url: inject('databaseUrl') }).initialize();
    await own.transaction(async (manager) => note(manager, 'first'));
    await own.destroy();
    await own.initialize();
    await own.transaction(async (manager) => note(manager, 'second'));
    await own.destroy();
    expect(ran).toEqual(['first', 'second']);
  });

  it('is told of once, however many instances of Kyu share the data source', async () => {
    ran = [];
    const other = await openLedger();
    await dataSource().transaction(async (manager) => {
      note(manager, 'one');
      other.intake.afterCommit(manager, () => ran.push('other'));
    });
    await other.close();
    expect(ran).toEqual(['one', 'other']);
  });
});

describe('a job that somebody has locked with SQL of their own', () => {
  it('is passed over by both claims', async () => {
    const worker = await stageOf().worker();
    const [locked, free] = (await stageOf().enqueueMany(2)) as [JobId, JobId];
    const { manager, rollback } = await subject().begin();
    await manager.query(`select 1 from "${subject().schema}".kyu_jobs where id = $1 for update`, [locked]);
    const rooms = [{ type: TYPE, size: 5 }];
    expect(await subject().runs.claimById(worker, QUEUE, [TYPE], [locked, free])).toMatchObject([
      { id: free },
    ]);
    expect(await subject().runs.claimByQueue(worker, QUEUE, rooms, 5)).toEqual([]);
    await rollback();
    expect(await subject().runs.claimByQueue(worker, QUEUE, rooms, 5)).toMatchObject([{ id: locked }]);
  });
});

describe('a duty that another process takes at this moment', () => {
  it('is left to it, without waiting', async () => {
    const plan = { periodMs: 60_000, longestGapMs: 300_000, quietMs: 0 };
    const take = () => subject().upkeep.takeDuty('promote', [QUEUE, 'reports'], plan);
    expect(await take()).toEqual([]);
    const { manager, rollback } = await subject().begin();
    await manager.query(`select 1 from "${subject().schema}".kyu_duties where queue = $1 for update`, [
      QUEUE,
    ]);
    expect(await take()).toMatchObject([{ queue: 'reports' }]);
    await rollback();
    expect(await take()).toMatchObject([{ queue: QUEUE }]);
  });

  it('is made known once, by whoever comes first', async () => {
    const plan = { periodMs: 60_000, longestGapMs: 300_000, quietMs: 0 };
    const take = () => subject().upkeep.takeDuty('promote', [QUEUE], plan);
    const { manager, commit } = await subject().begin();
    await manager.query(`insert into "${subject().schema}".kyu_duties (duty, queue) values ('promote', $1)`, [
      QUEUE,
    ]);
    const second = take();
    await stageOf().expectWaiting(second);
    await commit();
    expect(await second).toEqual([]);
    expect(await take()).toHaveLength(1);
    expect(await take()).toEqual([]);
  });
});
