import type { INestApplicationContext } from '@nestjs/common';
import { KyuProducer, type KyuModuleOptions } from 'nestjs-kyu';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kyuCommand } from '../support/cli/kyu-command.js';
import { APPLICATION, isAlive, startKyuWork } from '../support/cli/kyu-work.js';
import { eventually } from '../support/eventually.js';
import { closeOnce, openApp } from '../support/kyu-app.js';
import { TestLedger } from '../support/test-ledger.js';

let ledger: TestLedger;
let producer: INestApplicationContext;
let kyu: KyuProducer;

beforeAll(async () => {
  ledger = await TestLedger.open('cli_work');
  producer = await openApp({ kyu: ledger.options({ role: 'producer' }) });
  kyu = producer.get(KyuProducer);
});

afterAll(async () => {
  await closeOnce(producer);
  await ledger.close();
});

/** Options of an application that is built, with the lease that everybody has. */
function application(more: KyuModuleOptions = {}): { kyu: KyuModuleOptions; queue: string } {
  const { logger: _, ...kyu } = ledger.options({ lease: {}, ...more });
  return { kyu, queue: kyu.queueName };
}

async function enqueue(queue: string, count: number, ms: number): Promise<string[]> {
  const items = Array.from({ length: count }, () => ({ type: 'busy', payload: ms, options: { queue } }));
  return (await kyu.enqueueMany(items)).map((result) => ('id' in result ? result.id : ''));
}

interface Held {
  readonly id: string;
  readonly run: number;
  readonly locked_by: string;
}

async function runningJobs(queue: string): Promise<Held[]> {
  return ledger.sql<Held>(
    `select id, run, locked_by::text as locked_by from kyu_jobs where queue = $1 and status = 'running'`,
    [queue],
  );
}

/** The process that runs the most jobs of the queue, and its worker. */
async function busiestOf(queue: string): Promise<[pid: number, worker: string]> {
  const [row] = await ledger.sql<{ id: string; pid: number }>(
    `select worker.id::text as id, worker.pid from kyu_workers worker
     join kyu_jobs job on job.locked_by = worker.id
     where job.queue = $1 and job.status = 'running' group by worker.id order by count(*) desc limit 1`,
    [queue],
  );
  return [row?.pid ?? 0, row?.id ?? ''];
}

describe('kyu work', () => {
  it('F97 runs the jobs of the application in a process of its own, and drains at SIGTERM', async () => {
    const { kyu: options, queue } = application();
    const work = await startKyuWork({ kyu: options }, 'work', APPLICATION, '--concurrency', '3');
    await work.begun(1);
    const [id = ''] = await enqueue(queue, 1, 1_000);
    await work.says(`busy ${id}`);
    const [worker] = await ledger.sql<{ concurrency: number; pid: number }>(
      'select concurrency, pid from kyu_workers where $1 = any (queues)',
      [queue],
    );
    expect(worker).toEqual({ concurrency: 3, pid: work.pids.get('1') });

    work.kill('SIGTERM');
    expect(await work.ended).toEqual({ code: 0, signal: null });
    expect(await ledger.job(id)).toMatchObject({ status: 'completed', run: 1 });
  });

  it('starts a process that was killed again at once, and its job runs there', async () => {
    const { kyu: options, queue } = application();
    const work = await startKyuWork({ kyu: options }, 'work', APPLICATION);
    await work.begun(1);
    const [id = ''] = await enqueue(queue, 1, 300_000);
    await ledger.reaches(id, 'running');
    const victim = work.pids.get('1') ?? 0;
    process.kill(victim, 'SIGKILL');
    await work.says(`process 1 (pid ${victim}) was killed by SIGKILL; its jobs go to others`);
    await work.begun(2);
    // Long before the lease of ten seconds has run out.
    await eventually(
      async () => expect(await ledger.job(id)).toMatchObject({ status: 'running', run: 2, crash_count: 1 }),
      { withinMs: 5_000 },
    );
    expect(work.pids.get('1')).not.toBe(victim);
  });

  it('gives the jobs of a killed process to its siblings within 1.5 s', { timeout: 60_000 }, async () => {
    const { kyu: options, queue } = application({ workers: 40 });
    const work = await startKyuWork({ kyu: options }, 'work', APPLICATION, '--processes', '3');
    await work.begun(3);
    const tookMs: number[] = [];
    for (let kill = 0; kill < 6; kill += 1) {
      const ids = await enqueue(queue, 24, 800);
      await eventually(async () => expect(await runningJobs(queue)).toHaveLength(ids.length));
      const [victim, worker] = await busiestOf(queue);
      const held = (await runningJobs(queue)).filter(({ locked_by: by }) => by === worker);
      const [clock] = await ledger.sql<{ now: Date }>('select clock_timestamp() as now');
      process.kill(victim, 'SIGKILL');
      await ledger.untilFinished(queue, ids.length * (kill + 1));
      for (const { id, run } of held) {
        const attempts = await ledger.attempts(id);
        const next = attempts.find((attempt) => attempt.run > run);
        if (next === undefined) expect(attempts.map(({ outcome }) => outcome)).toEqual(['completed']);
        else tookMs.push(next.started_at.getTime() - (clock?.now.getTime() ?? 0));
      }
      await work.begun(4 + kill);
    }
    tookMs.sort((left, right) => left - right);
    const at = (share: number): number => tookMs[Math.ceil(tookMs.length * share) - 1] ?? Number.NaN;
    console.log(
      `kyu work: SIGKILL → jobs start elsewhere, ${tookMs.length} jobs of 6 kills: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, max ${at(1)} ms.`,
    );
    expect(tookMs.length).toBeGreaterThan(40);
    expect(at(0.99)).toBeLessThan(1_500);
  });

  it('ends what is due with --once, and so does run-once, which serves the queues that it is told', async () => {
    const { kyu: options, queue } = application();
    const other = ledger.newQueue();
    const [first = ''] = await enqueue(queue, 1, 1);
    const [elsewhere = ''] = await enqueue(other, 1, 1);
    const work = await startKyuWork({ kyu: options }, 'work', APPLICATION, '--once', '--export', 'AppModule');
    expect(await work.ended, work.output).toEqual({ code: 0, signal: null });
    expect(await ledger.job(first)).toMatchObject({ status: 'completed' });
    expect(await ledger.job(elsewhere)).toMatchObject({ status: 'pending' });

    const once = await startKyuWork({ kyu: options }, 'run-once', APPLICATION, '--queues', other);
    expect(await once.ended, once.output).toEqual({ code: 0, signal: null });
    expect(await ledger.job(elsewhere)).toMatchObject({ status: 'completed' });
  });

  it('ends with its processes when it is killed itself: nobody would bury them', async () => {
    const { kyu: options } = application();
    const work = await startKyuWork({ kyu: options }, 'work', APPLICATION);
    await work.begun(1);
    const pid = work.pids.get('1') ?? 0;
    expect(isAlive(pid)).toBe(true);
    work.kill('SIGKILL');
    await eventually(() => expect(isAlive(pid)).toBe(false), { withinMs: 10_000 });
    const [row] = await ledger.sql<{ state: string }>('select state from kyu_workers where pid = $1', [pid]);
    expect(row?.state).toBe('stopped');
  });

  it('does not try again what cannot start, and says why', async () => {
    const { kyu: options } = application();
    const nowhere = { ...options, dsn: 'postgres://ada:sesame@127.0.0.1:1/shop' };
    const work = await startKyuWork({ kyu: nowhere }, 'work', APPLICATION, '--processes', '2');
    expect(await work.ended).toEqual({ code: 3, signal: null });
    expect(work.output).toContain('PostgreSQL at 127.0.0.1:1 (database shop, user ada) cannot be reached');
    expect(work.output).toContain('The application does not start, so nothing is tried again.');
    expect(work.output).not.toContain('sesame');
  });

  it.each([
    [['/nowhere/app.module.js'], 'There is no file /nowhere/app.module.js. Is the application built?'],
    [[APPLICATION, '--export', 'AppModul'], 'Did you mean "AppModule"?'],
    [[APPLICATION, '--export', 'BareModule'], 'imports no KyuModule'],
  ])('refuses %o', async (words, complaint) => {
    const { code, stderr } = await kyuCommand(['work', ...words], { SETTINGS: '{}' });
    expect(stderr).toContain(complaint);
    expect(code).toBe(2);
  });
});
