import type { INestApplicationContext } from '@nestjs/common';
import {
  DiscardJob,
  JobHandler,
  JobNotFoundError,
  KyuAdmin,
  KyuProducer,
  KyuWorkers,
  type KyuModuleOptions,
} from 'nestjs-kyu';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KyuMetricsHost } from '../../lib/kyu.metrics-host.js';
import { KyuRuntime } from '../../lib/kyu.runtime.js';
import { tokenFor } from '../../lib/kyu.tokens.js';
import { ARCHIVED_COLUMNS } from '../../lib/ledger/statements/archived-columns.js';
import { readText } from '../support/deploy/repository.js';
import { codeBlocks } from '../support/docs/markdown.js';
import { eventually } from '../support/eventually.js';
import { startApp } from '../support/kyu-app.js';
import { TestLedger } from '../support/test-ledger.js';

let ledger: TestLedger;

beforeAll(async () => {
  ledger = await TestLedger.open('retention');
});

afterAll(() => ledger.close());

class Handlers {
  readonly ran: unknown[] = [];

  @JobHandler('work')
  work(payload: unknown): void {
    this.ran.push(payload);
  }

  @JobHandler('doomed')
  fail(): void {
    throw new DiscardJob('no such address');
  }
}

async function start(more: Omit<KyuModuleOptions, 'logger'> = {}) {
  const options = ledger.options(more);
  const app = await startApp({ providers: [Handlers], kyu: options });
  const { queueName: queue } = options;
  return { app, queue, kyu: app.get(KyuProducer), admin: app.get(KyuAdmin), ran: app.get(Handlers).ran };
}

/** As if the job had ended so long ago. */
async function age(id: string, days: number): Promise<void> {
  await ledger.sql(`update kyu_jobs set completed_at = completed_at - $2 * interval '1 day' where id = $1`, [
    id,
    days,
  ]);
}

async function rowsOf(table: string, id: string): Promise<number> {
  const key = table.startsWith('kyu_jobs') ? 'id' : 'job_id';
  const rows = await ledger.sql(`select from ${table} where ${key} = $1`, [id]);
  return rows.length;
}

async function dutiesOf(queue: string): Promise<string[]> {
  const rows = await ledger.sql<{ duty: string }>('select duty from kyu_duties where queue = $1', [queue]);
  return rows.map(({ duty }) => duty).sort();
}

function metricsOf(app: INestApplicationContext): Promise<string> {
  const host = app.get<KyuMetricsHost>(tokenFor(KyuMetricsHost, 'default'));
  return host.get().then((metrics) => metrics.registry.metrics());
}

describe('retention', () => {
  it('F69 F70 deletes and archives by status and type, tells of it, and touches nothing else', async () => {
    const { app, kyu, admin } = await start({
      retention: {
        completed: '7d',
        dead: { keepFor: '30d', then: 'archive' },
        types: { doomed: { dead: 'keep' } },
        every: '100ms',
      },
    });
    await metricsOf(app);
    const old = await kyu.enqueue('work', 'old');
    const young = await kyu.enqueue('work', 'young');
    const waiting = await kyu.enqueue('work', 'waiting', { delay: '1h' });
    const spared = await kyu.enqueue('doomed', {});
    const buried = await kyu.enqueue('doomed', { reason: 'unknown' });
    for (const { id } of [old, young, spared, buried]) await ledger.ends(id);
    await ledger.sql(`update kyu_jobs set job_type = 'other' where id = $1`, [buried.id]);
    await ledger.sql(`insert into kyu_job_logs values ($1, 1, 1, now(), 'a line')`, [old.id]);
    for (const { id } of [old, spared, buried]) await age(id, 40);

    await eventually(async () => {
      await expect(admin.get(old.id)).rejects.toThrow(JobNotFoundError);
      expect((await admin.get(buried.id)).archivedAt).toBeInstanceOf(Date);
    });
    for (const table of ['kyu_jobs', 'kyu_attempts', 'kyu_job_logs']) {
      expect(await rowsOf(table, old.id), table).toBe(0);
    }
    expect(await rowsOf('kyu_jobs', buried.id)).toBe(0);
    expect(await admin.runs(buried.id)).toMatchObject([
      { outcome: 'discarded', errorMessage: 'DiscardJob: no such address' },
    ]);
    const { jobs } = await admin.list({ archived: true, type: 'other' });
    expect(jobs).toMatchObject([{ id: buried.id, status: 'dead', payload: { reason: 'unknown' } }]);
    expect(await admin.get(young.id)).toMatchObject({ status: 'completed', archivedAt: null });
    expect(await admin.get(waiting.id)).toMatchObject({ status: 'scheduled' });
    expect(await admin.get(spared.id)).toMatchObject({ status: 'dead', archivedAt: null });

    const page = await metricsOf(app);
    expect(page).toContain('kyu_retired_jobs_total{status="completed",action="delete"} 1');
    expect(page).toContain('kyu_retired_jobs_total{status="dead",action="archive"} 1');
  });

  it('F69 by default keeps everything and asks nothing', async () => {
    const keeping = await start();
    const removing = await start({ retention: { completed: '7d', every: '50ms' } });
    const { id } = await keeping.kyu.enqueue('work', 'precious');
    await ledger.ends(id);
    await age(id, 4_000);
    await eventually(async () => expect(await dutiesOf(removing.queue)).toContain('retention'));
    await eventually(async () => expect(await dutiesOf(keeping.queue)).toHaveLength(3));
    expect(await dutiesOf(keeping.queue)).toEqual(['promote', 'reconcile', 'rescue']);
    expect(await keeping.admin.get(id)).toMatchObject({ status: 'completed' });
  });

  it('F69 may be done by several instances and many passes at once', async () => {
    const apps = [];
    const retention = { completed: '7d', batchSize: 20, every: '1h' };
    const first = await start({ retention });
    for (const _ of [1, 2, 3]) {
      apps.push(await startApp({ kyu: { ...ledger.options({ retention }), queueName: first.queue } }));
    }
    const payloads = Array.from({ length: 300 }, (_, index) => index);
    const results = await first.kyu.enqueueMany(payloads.map((payload) => ({ type: 'work', payload })));
    const ids = results.map((result) => (result.status === 'rejected' ? '' : result.id));
    await eventually(() => expect(first.ran).toHaveLength(300), { withinMs: 20_000 });
    await eventually(async () =>
      expect(await first.admin.count({ status: 'completed' })).toBeGreaterThan(299),
    );
    await ledger.sql(`update kyu_jobs set completed_at = completed_at - interval '8 days' where queue = $1`, [
      first.queue,
    ]);
    const runtimes = [first.app, ...apps].map((app) => app.get<KyuRuntime>(tokenFor(KyuRuntime, 'default')));
    // Twelve passes over the same jobs.
    const passes = [...runtimes, ...runtimes, ...runtimes].map((runtime) => runtime.retention.sweep());
    const removed = (await Promise.all(passes)).reduce((sum, count) => sum + count, 0);
    expect(removed).toBe(300);
    expect(await ledger.countJobs(first.queue)).toBe(0);
    expect(await ledger.sql('select from kyu_attempts where job_id = any ($1)', [ids])).toEqual([]);
  });

  it('F70 moves every column of a job', async () => {
    const columnsOf = async (table: string): Promise<string[]> => {
      const rows = await ledger.sql<{ column_name: string }>(
        'select column_name from information_schema.columns where table_schema = $1 and table_name = $2',
        [ledger.schema, table],
      );
      return rows.map(({ column_name: name }) => name).sort();
    };
    expect([...ARCHIVED_COLUMNS].sort()).toEqual(await columnsOf('kyu_jobs'));
    expect([...ARCHIVED_COLUMNS, 'archived_at'].sort()).toEqual(await columnsOf('kyu_jobs_archive'));
  });

  it('F70 leaves an archive that the statement of docs/retention.md empties', async () => {
    const [statement] = codeBlocks(readText('docs/retention.md')).filter(
      ({ language }) => language === 'sql',
    );
    const text = (statement?.code ?? '').replaceAll('kyu.kyu_', 'kyu_');
    const { app, kyu } = await start({
      retention: { completed: { keepFor: '7d', then: 'archive' }, every: '1h' },
    });
    const { id } = await kyu.enqueue('work', 'archived');
    await ledger.ends(id);
    await age(id, 8);
    expect(await app.get<KyuRuntime>(tokenFor(KyuRuntime, 'default')).retention.sweep()).toBe(1);
    await ledger.sql(text);
    expect([await rowsOf('kyu_jobs_archive', id), await rowsOf('kyu_attempts', id)]).toEqual([1, 1]);
    await ledger.sql(`update kyu_jobs_archive set archived_at = now() - interval '3 years' where id = $1`, [
      id,
    ]);
    await ledger.sql(text);
    expect([await rowsOf('kyu_jobs_archive', id), await rowsOf('kyu_attempts', id)]).toEqual([0, 0]);
  });

  it('frees the unique key that a job kept beyond its end', async () => {
    const { app, kyu, queue } = await start({ retention: { completed: '7d', every: '1h' } });
    const { id } = await kyu.enqueue('work', 'first');
    await ledger.ends(id);
    await ledger.sql(`update kyu_jobs set unique_key = 'k', unique_keeps = true where id = $1`, [id]);
    await age(id, 8);
    const take = `insert into kyu_jobs (id, queue, job_type, unique_key) values (gen_random_uuid(), $1, 'none', 'k')`;
    await expect(ledger.sql(take, [queue])).rejects.toThrow(/kyu_jobs_unique/);
    expect(await app.get<KyuRuntime>(tokenFor(KyuRuntime, 'default')).retention.sweep()).toBe(1);
    await expect(ledger.sql(take, [queue])).resolves.toEqual([]);
  });
});

describe.each(['Redis', 'PostgreSQL alone'])('a job with deleted_at, with %s', (stores) => {
  const redis: KyuModuleOptions = stores === 'Redis' ? {} : { redis: false };

  it('F71 is invisible to readers, and neither claimed nor promoted', async () => {
    const { queue, kyu, admin, ran, app } = await start({ ...redis, autoStart: false });
    const hidden = await kyu.enqueue('work', 'hidden', { priority: 10 });
    const due = await kyu.enqueue('work', 'hidden and due', { delay: '1h' });
    const visible = await kyu.enqueue('work', 'visible');
    const visibleDue = await kyu.enqueue('work', 'visible and due', { delay: '1h' });
    await ledger.sql('update kyu_jobs set deleted_at = now() where id = any ($1)', [[hidden.id, due.id]]);
    await ledger.sql(`update kyu_jobs set scheduled_at = now() where status = 'scheduled' and queue = $1`, [
      queue,
    ]);

    for (const { id } of [hidden, due]) await expect(admin.get(id)).rejects.toThrow(JobNotFoundError);
    await expect(admin.cancel(hidden.id)).rejects.toThrow(JobNotFoundError);
    const { jobs } = await admin.list({ queue });
    expect(jobs.map(({ id }) => id)).toEqual([visibleDue.id, visible.id]);
    expect(await admin.count({ queue })).toBe(2);
    expect(await admin.queues()).toMatchObject([{ pending: 1, scheduled: 1 }]);

    const runtime = app.get<KyuRuntime>(tokenFor(KyuRuntime, 'default'));
    const types = ['work'];
    expect(await runtime.upkeep.firstPending(queue, 'work', 10)).toMatchObject([{ id: visible.id }]);
    expect(await runtime.upkeep.countUnfinishedDue([queue], types)).toBe(2);
    await app.get(KyuWorkers).start();
    await ledger.ends(visible.id);
    await ledger.ends(visibleDue.id);
    expect(await runtime.scheduler.promoteDue()).toBe(0);
    expect(await runtime.upkeep.pendingTypes(queue)).toEqual([]);
    expect(ran).toEqual(['visible', 'visible and due']);
    expect(await ledger.job(hidden.id)).toMatchObject({ status: 'pending', run: 0 });
    expect(await ledger.job(due.id)).toMatchObject({ status: 'scheduled', run: 0 });
  });
});
