import {
  Ctx,
  JobHandler,
  KyuAdmin,
  KyuProducer,
  KyuSchedules,
  KyuWorkers,
  type JobContext,
} from 'nestjs-kyu';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KyuRuntime } from '../../lib/kyu.runtime.js';
import { eventually } from '../support/eventually.js';
import { startApp } from '../support/kyu-app.js';
import { TestLedger } from '../support/test-ledger.js';

const ACTIONS = [
  'upsertSchedule',
  'pauseSchedule',
  'resumeSchedule',
  'removeSchedule',
  'runScheduleNow',
] as const;

let release: () => void = () => {};

class Mailer {
  @JobHandler('slow')
  async run(_payload: unknown, @Ctx() job: JobContext): Promise<string> {
    await new Promise<void>((resolve) => {
      release = resolve;
      job.signal.addEventListener('abort', () => resolve());
    });
    return 'done';
  }
}

describe('a worker that is told from outside', () => {
  let ledger: TestLedger;
  beforeAll(async () => {
    ledger = await TestLedger.open('draining');
  });
  afterAll(() => ledger.close());

  it.each([
    ['with Redis', {}],
    ['without Redis', { redis: false as const }],
  ])('F86 takes nothing more within two seconds %s, ends what runs, and says so', async (_, more) => {
    const app = await startApp({ kyu: ledger.options(more), providers: [Mailer] });
    const [admin, producer, workers] = [app.get(KyuAdmin), app.get(KyuProducer), app.get(KyuWorkers)];
    const running = await producer.enqueue('slow', 1);
    await ledger.reaches(running.id, 'running');
    const { workerId = '' } = workers.status();
    const askedAt = performance.now();
    await admin.drainWorker(workerId, { actor: 'ada' });
    await eventually(async () => expect(workers.status().state).toBe('draining'), { withinMs: 3_000 });
    expect(performance.now() - askedAt).toBeLessThan(2_500);
    const later = await producer.enqueue('slow', 2);
    const row = async (): Promise<string | undefined> =>
      (await admin.workers()).find((worker) => worker.workerId === workerId)?.state;
    await eventually(async () => expect(await row()).toBe('draining'));
    release();
    await ledger.reaches(running.id, 'completed');
    await eventually(async () => expect(await row()).toBe('stopped'));
    expect((await ledger.job(later.id)).status).toBe('pending');
    await workers.start();
    await ledger.reaches(later.id, 'running');
    release();
    await ledger.reaches(later.id, 'completed');
  });

  it('F86 ends the process afterwards where it is asked to', async () => {
    const app = await startApp({ kyu: ledger.options(), providers: [Mailer] });
    const runtime = app.get(KyuRuntime);
    let ended = 0;
    runtime.endProcess = () => void (ended += 1);
    const { workerId = '' } = app.get(KyuWorkers).status();
    await app.get(KyuAdmin).drainWorker(workerId, { exit: true });
    await eventually(() => expect(ended).toBe(1));
    expect(app.get(KyuWorkers).status().state).toBe('stopped');
  });

  it('F86 one that is buried loses its jobs to others at once', async () => {
    const options = ledger.options();
    const first = await startApp({ kyu: options, providers: [Mailer] });
    const { id } = await first.get(KyuProducer).enqueue('slow', 1);
    await ledger.reaches(id, 'running');
    const { workerId = '' } = first.get(KyuWorkers).status();
    const second = await startApp({
      kyu: ledger.options({ queueName: options.queueName }),
      providers: [Mailer],
    });
    const buriedAt = performance.now();
    expect(await second.get(KyuAdmin).buryWorker(workerId)).toMatchObject({ workerId });
    await eventually(async () => {
      const { status, locked_by: owner } = await ledger.job(id);
      expect([status, owner === workerId]).toEqual(['running', false]);
    });
    expect(performance.now() - buriedAt).toBeLessThan(1_500);
    release();
    await ledger.reaches(id, 'completed');
  });

  it('F51 schedules are shown in words, and what operators do with them is in the trail', async () => {
    const app = await startApp({ kyu: ledger.options(), providers: [Mailer] });
    const [schedules, admin] = [app.get(KyuSchedules), app.get(KyuAdmin)];
    await schedules.upsert({ name: 'digest', cron: '30 2 * * *', timezone: 'Europe/Berlin', type: 'slow' });
    const trail = async () => (await admin.audit({ action: ACTIONS })).entries;
    expect(await trail()).toEqual([]);
    const { id } = await schedules.runNow('digest', { actor: 'ada', reason: 'month end' });
    await schedules.pause('digest', { actor: 'ada' });
    const [details] = await schedules.details();
    expect(details).toMatchObject({ words: 'At 02:30', lastJob: null, missedTicks: 0 });
    expect(details?.nextTicks).toHaveLength(5);
    expect(details?.dstNote).toContain('02:30');
    expect(await schedules.preview('0 7 * * 1-5')).toMatchObject({
      words: 'At 07:00, Monday through Friday',
    });
    await expect(schedules.preview('61 * * * *')).rejects.toMatchObject({ code: 'KYU_INVALID_QUERY' });
    await schedules.upsert({ name: 'digest', cron: '0 3 * * *', type: 'slow' }, { actor: 'ada' });
    await schedules.remove('digest', { actor: 'ada' });
    const entries = await trail();
    expect(entries.map(({ action }) => action)).toEqual([
      'removeSchedule',
      'upsertSchedule',
      'pauseSchedule',
      'runScheduleNow',
    ]);
    expect(entries[3]).toMatchObject({ actor: 'ada', reason: 'month end', jobId: id, affected: 1 });
    release();
  });
});
