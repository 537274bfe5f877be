import { JobHandler, KyuAdmin, KyuProducer, type JobContext } from 'nestjs-kyu';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { eventually } from '../support/eventually.js';
import { closeOnce, openApp } from '../support/kyu-app.js';
import { TestLedger } from '../support/test-ledger.js';

/** What each process ran, in order. */
const ran: { readonly id: string; readonly at: number }[] = [];

class Handlers {
  @JobHandler('mail')
  mail(_: unknown, { id }: JobContext): void {
    ran.push({ id, at: performance.now() });
  }

  @JobHandler('report')
  report(_: unknown, { id }: JobContext): void {
    ran.push({ id, at: performance.now() });
  }
}

let ledger: TestLedger;

beforeAll(async () => {
  ledger = await TestLedger.open('managing');
});

afterAll(() => ledger.close());

const ranIds = (): string[] => ran.map(({ id }) => id);

describe.each([
  ['with Redis', () => inject('redisUrl')],
  ['without Redis', () => false as const],
])('pausing while two workers run, %s', (_name, redis) => {
  const apps: Awaited<ReturnType<typeof openApp>>[] = [];
  let kyu: KyuProducer;
  let admin: KyuAdmin;
  let queue: string;

  beforeAll(async () => {
    const options = { ...ledger.options({ redis: redis() }), workers: 4, pollInterval: '5s' };
    queue = options.queueName;
    for (let opened = 0; opened < 2; opened += 1) {
      apps.push(await openApp({ providers: [Handlers], kyu: options }));
    }
    const [app] = apps;
    if (app === undefined) throw new Error('No application was opened.');
    kyu = app.get(KyuProducer);
    admin = app.get(KyuAdmin);
  });

  afterAll(async () => {
    for (const app of apps) await closeOnce(app);
  });

  const enqueue = async (type: string, count = 1): Promise<string[]> => {
    const results = await kyu.enqueueMany(Array.from({ length: count }, () => ({ type, payload: null })));
    return results.flatMap((result) => (result.status === 'rejected' ? [] : [result.id]));
  };

  it('F58 nothing of a paused queue begins, and it goes on within a second of its resumption', async () => {
    const before = await enqueue('mail', 20);
    await eventually(() => expect(ranIds()).toEqual(expect.arrayContaining(before)));
    await admin.pause(queue, { actor: 'ada', reason: 'stocktaking' });
    const count = ran.length;
    const held = await enqueue('mail', 700);
    await expectNothingRuns(count);
    expect(await admin.queues()).toMatchObject([{ queue, paused: true, pending: 700 }]);
    expect((await admin.explain(held[0] ?? '')).reasons).toMatchObject([{ reason: 'queue-paused' }]);
    const resumedAt = performance.now();
    await admin.resume(queue);
    await eventually(() => expect(ranIds()).toEqual(expect.arrayContaining(held)), { withinMs: 20_000 });
    expect((ran[count]?.at ?? Infinity) - resumedAt).toBeLessThan(1_000);
    expect(ran.length).toBe(count + 700);
    // At the pace of the machine, and without a stop until somebody polls.
    const starts = ran.slice(count).map(({ at }) => at);
    const gaps = starts.map((at, index) => at - (starts[index - 1] ?? at));
    expect(Math.max(...gaps)).toBeLessThan(2_500);
  });

  it('F58 a paused type rests while the others of its queue go on', async () => {
    await admin.pauseType('mail');
    const mails = await enqueue('mail', 5);
    const reports = await enqueue('report', 5);
    await eventually(() => expect(ranIds()).toEqual(expect.arrayContaining(reports)));
    expect(ranIds().filter((id) => mails.includes(id))).toEqual([]);
    expect(await admin.queues()).toMatchObject([{ paused: false, pausedTypes: ['mail'], pending: 5 }]);
    await admin.resumeType('mail');
    await eventually(() => expect(ranIds()).toEqual(expect.arrayContaining(mails)), { withinMs: 4_000 });
  });

  it('F58 F89 a pause and its end in plain SQL are obeyed as well', async () => {
    await ledger.sql('insert into kyu_pauses (queue) values ($1)', [queue]);
    const count = ran.length;
    const [held = ''] = await enqueue('mail');
    await expectNothingRuns(count);
    await ledger.sql('delete from kyu_pauses where queue = $1', [queue]);
    await eventually(() => expect(ranIds()).toContain(held), { withinMs: 6_000 });
  });

  it('F81 a job that waits for its time runs now, and F82 a deleted one never', async () => {
    const { id: soon } = await kyu.enqueue('mail', null, { delay: '1h' });
    const { id: never } = await kyu.enqueue('mail', null, { delay: '1h' });
    await admin.pause(queue);
    await admin.runNow(never);
    await admin.delete(never, { reason: 'a mistake' });
    await admin.resume(queue);
    await admin.runNow(soon);
    await eventually(() => expect(ranIds()).toContain(soon));
    expect(ranIds()).not.toContain(never);
  });

  it('F80 F88 a change in the transaction of the application happens with it', async () => {
    await admin.pause(queue);
    const [id = ''] = await enqueue('mail');
    await admin.cancel(id);
    const dataSource = await new DataSource({
      type: 'postgres',
      url: inject('databaseUrl'),
    }).initialize();
    await admin.resume(queue);
    const withdrawn = dataSource.transaction(async (manager) => {
      await admin.retry(id, { manager, actor: 'ada' });
      throw new Error('changed my mind');
    });
    await expect(withdrawn).rejects.toThrow('changed my mind');
    expect((await admin.get(id)).status).toBe('cancelled');
    await dataSource.transaction(async (manager) => {
      await admin.retry(id, { manager, actor: 'ada', reason: 'after all' });
      expect((await admin.get(id)).status).toBe('cancelled');
    });
    // Sooner than the next poll: it is announced when the transaction commits.
    await ledger.reaches(id, 'completed', 2_000);
    expect((await admin.audit({ jobId: id, action: 'retry' })).entries).toMatchObject([
      { actor: 'ada', reason: 'after all' },
    ]);
    await dataSource.destroy();
  });

  /** Watches for longer than a wake-up, a search and a run take. */
  async function expectNothingRuns(count: number): Promise<void> {
    const untilMs = performance.now() + 700;
    await eventually(() => expect(performance.now()).toBeGreaterThan(untilMs));
    expect(ran.length).toBe(count);
  }
});

describe('run-once', () => {
  it('F58 ends although a paused queue holds jobs', async () => {
    const options = ledger.options();
    const producer = await openApp({ kyu: { ...options, role: 'producer' } });
    const { id } = await producer.get(KyuProducer).enqueue('mail', null);
    await producer.get(KyuAdmin).pause(options.queueName);
    const once = await openApp({ providers: [Handlers], kyu: { ...options, runOnce: true } });
    await closeOnce(once);
    expect((await ledger.job(id)).status).toBe('pending');
    await closeOnce(producer);
  });
});
