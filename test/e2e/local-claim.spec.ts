import {
  JobHandler,
  KyuProducer,
  KyuWorkers,
  currentJob,
  type JobContext,
  type KyuModuleOptions,
} from 'nestjs-kyu';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished, vi } from 'vitest';
import { KyuRuntime } from '../../lib/kyu.runtime.js';
import { startProcess } from '../support/child-process.js';
import { eventually } from '../support/eventually.js';
import { FaultProxy } from '../support/fault/proxy/fault-proxy.js';
import { replyTo } from '../support/fault/proxy/postgres-replies.js';
import { startApp } from '../support/kyu-app.js';
import { TestLedger } from '../support/test-ledger.js';
import { untilCalm } from '../support/worker/until-calm.js';

const SHORT_LEASE = { beat: '100ms', length: '1s', watchdog: false };

let ledger: TestLedger;
const ran: { payload: unknown; run: number }[] = [];
let open: () => void = () => {};

class Handlers {
  constructor() {
    ran.length = 0;
  }

  @JobHandler('note')
  note(payload: unknown, { run }: JobContext): void {
    ran.push({ payload, run });
  }

  @JobHandler('hold')
  async hold(): Promise<void> {
    await new Promise<void>((resolve) => (open = resolve));
  }

  @JobHandler('family')
  async family(_payload: unknown, job: JobContext): Promise<void> {
    const { id } = await job.enqueue('child', null);
    await eventually(() => expect(ran).toEqual([{ payload: id, run: 1 }]));
  }

  @JobHandler('child')
  child(_payload: unknown, { run }: JobContext): void {
    ran.push({ payload: currentJob()?.id, run });
  }

  /** For a job of another process. */
  @JobHandler('busy')
  busy(): string {
    return 'finished';
  }
}

beforeAll(async () => {
  ledger = await TestLedger.open('local');
});

afterAll(() => ledger.close());

/** An application that works, has come to rest, and whose statements are counted from here on. */
async function start(more: Omit<KyuModuleOptions, 'logger'> = {}) {
  const kyu = ledger.options({ ...more, pollInterval: more.pollInterval ?? '1h' });
  const app = await startApp({ providers: [Handlers], kyu });
  const runtime = await untilCalm(app, 'note');
  const { stores, dispatcher } = runtime;
  const spies = {
    local: vi.spyOn(stores.intake, 'insertAndClaim'),
    insert: vi.spyOn(stores.intake, 'insert'),
    claimById: vi.spyOn(stores.runs, 'claimById'),
    announce: vi.spyOn(dispatcher, 'announce'),
  };
  const calls = () =>
    Object.fromEntries(Object.entries(spies).map(([name, { mock }]) => [name, mock.calls.length]));
  return { app, calls, kyu: app.get(KyuProducer), options: kyu, workers: app.get(KyuWorkers) };
}

describe.each([
  ['Redis', {}],
  ['PostgreSQL alone', { redis: false as const }],
])('a job that its own process enqueues, with %s', (_, stores) => {
  it('starts with one statement when the process has nothing else to do, and nobody is told', async () => {
    const { calls, kyu } = await start(stores);
    const { created, id } = await kyu.enqueue('note', { b: 1, a: 2 });
    expect(created).toBe(true);
    expect(ran).toEqual([{ payload: { a: 2, b: 1 }, run: 1 }]);
    expect(calls()).toEqual({ local: 1, insert: 0, claimById: 0, announce: 0 });
    expect(await ledger.reaches(id, 'completed')).toMatchObject({ run: 1, retry_count: 0 });
    expect(await ledger.attempts(id)).toMatchObject([{ run: 1, attempt: 1, outcome: 'completed' }]);
  });

  it('takes the common way in a queue that rests, though this process has not heard of it', async () => {
    const { calls, kyu, options } = await start(stores);
    await ledger.sql('insert into kyu_pauses (queue) values ($1)', [options.queueName]);
    const { id } = await kyu.enqueue('note', null);
    expect(calls()).toMatchObject({ local: 1, announce: 1 });
    expect(await ledger.job(id)).toMatchObject({ status: 'pending', run: 0 });
  });

  it('takes the common way while the process drains', async () => {
    const { calls, kyu, workers } = await start(stores);
    const held = await kyu.enqueue('hold', null);
    const drained = workers.drain('5s');
    const { id } = await kyu.enqueue('note', null);
    expect(calls()).toMatchObject({ local: 1, insert: 1 });
    open();
    await drained;
    expect(await ledger.job(held.id)).toMatchObject({ status: 'completed' });
    expect(await ledger.job(id)).toMatchObject({ status: 'pending', run: 0 });
  });

  it('takes the common way where the option says so', async () => {
    const kyu = ledger.options({ ...stores, localClaim: false });
    const app = await startApp({ providers: [Handlers], kyu });
    const written = vi.spyOn(app.get(KyuRuntime).stores.intake, 'insertAndClaim');
    const { id } = await app.get(KyuProducer).enqueue('note', null);
    await ledger.reaches(id, 'completed');
    expect(written).not.toHaveBeenCalled();
  });
});

it('a job that waits and is as important goes first', async () => {
  const { calls, kyu, options } = await start({ redis: false, workers: 1 });
  await ledger.sql(
    `insert into kyu_jobs (id, queue, job_type, payload, status, max_retries, timeout_ms)
     values ('01900000-0000-7000-8000-000000000001', $1, 'note', '"first"', 'pending', 0, 0)`,
    [options.queueName],
  );
  await kyu.enqueue('note', 'second');
  await eventually(() => expect(ran.map(({ payload }) => payload)).toEqual(['first', 'second']));
  expect(calls()).toMatchObject({ local: 1, announce: 1 });
});

it('a job in a transaction is pending, and runs after the commit', async () => {
  const { calls, kyu } = await start();
  const source = await new DataSource({ type: 'postgres', url: inject('databaseUrl') }).initialize();
  onTestFinished(() => source.destroy());
  const id = await source.transaction(async (manager) => {
    const job = await kyu.enqueue('note', 'committed', { manager });
    const rows: unknown = await manager.query(
      `select status from "${ledger.schema}".kyu_jobs where id = $1`,
      [job.id],
    );
    expect(rows).toEqual([{ status: 'pending' }]);
    expect(ran).toEqual([]);
    return job.id;
  });
  await ledger.reaches(id, 'completed');
  expect(calls()).toMatchObject({ local: 0, announce: 1 });
});

it('a child runs beside its parent, as a job of its own', async () => {
  const { calls, kyu } = await start();
  const { id } = await kyu.enqueue('family', null);
  await ledger.reaches(id, 'completed');
  expect(calls()).toEqual({ local: 2, insert: 0, claimById: 0, announce: 0 });
});

it('a job whose reply was lost runs all the same', async () => {
  const url = inject('databaseUrl');
  const proxy = await FaultProxy.open(Number(new URL(url).port));
  onTestFinished(() => proxy.close());
  const { kyu } = await start({ dsn: proxy.through(url) });
  const lost = proxy.loseReply(replyTo('insert-and-claim-job'));
  const { created, id } = await kyu.enqueue('note', 'heard of late');
  await lost;
  expect(created).toBe(true);
  await ledger.reaches(id, 'completed');
  expect(ran).toEqual([{ payload: 'heard of late', run: 2 }]);
  expect(await ledger.attempts(id)).toMatchObject([
    { run: 1, outcome: 'released', error_message: 'the reply to the claim was lost' },
    { run: 2, outcome: 'completed' },
  ]);
});

it('a job whose process was killed is rescued', async () => {
  const { logger, ...kyu } = ledger.options({ lease: SHORT_LEASE });
  const rescuer = await startApp({ providers: [Handlers], kyu: { ...kyu, logger, autoStart: false } });
  const doomed = await startProcess('self-enqueuer', { kyu });
  const { id, ...row } = await eventually(
    async () => {
      const [running] = await ledger.sql<{ id: string; run: number; is_local: boolean }>(
        `select id, run, created_at = locked_at as is_local from kyu_jobs where queue = $1 and status = 'running'`,
        [kyu.queueName],
      );
      if (running === undefined) throw new Error(`nothing runs; the process said:\n${doomed.output}`);
      return running;
    },
    { withinMs: 20_000 },
  );
  expect(row).toEqual({ is_local: true, run: 1 });
  doomed.kill('SIGKILL');
  await rescuer.get(KyuWorkers).start();
  expect(await ledger.reaches(id, 'completed')).toMatchObject({ run: 2, crash_count: 0 });
  expect(await ledger.attempts(id)).toMatchObject([{ outcome: 'crashed' }, { outcome: 'completed' }]);
});
