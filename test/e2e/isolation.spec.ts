import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { JobHandler, KyuAdmin, KyuProducer, type JobContext } from 'nestjs-kyu';
import { HealthReader } from '../../lib/observability/health-reader.js';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { eventually } from '../support/eventually.js';
import { closeOnce, openApp, startApp } from '../support/kyu-app.js';
import { TestLedger, type InstanceOptions } from '../support/test-ledger.js';

const ran: { queue: string; payload: unknown }[] = [];

class Handlers {
  @JobHandler('mail')
  mail(payload: unknown, { queue }: JobContext): void {
    ran.push({ queue, payload });
  }
  @JobHandler('task:*')
  task(payload: unknown, { queue }: JobContext): void {
    ran.push({ queue, payload });
  }
}

/** An application with something for every duty, and nobody who does it. */
interface Neighbour {
  readonly ledger: TestLedger;
  readonly options: InstanceOptions;
  readonly jobs: Readonly<Record<'pending' | 'task' | 'due' | 'orphan' | 'urgent', string>>;
  readonly worker: string;
}

let shared: TestLedger;
let other: TestLedger;
let redis: Redis;

beforeAll(async () => {
  [shared, other] = await Promise.all([TestLedger.open('shared'), TestLedger.open('other')]);
  redis = new Redis(inject('redisUrl'));
});

afterAll(async () => {
  redis.disconnect();
  await Promise.all([shared.close(), other.close()]);
});

/** What tells the two applications apart. */
const WAYS: [way: string, places: () => [mine: Place, theirs: Place]][] = [
  ['another queueName', () => [placeIn(shared, shared.newQueue()), placeIn(shared, shared.newQueue())]],
  ['another schema', () => [placeIn(shared, 'kyu:default'), placeIn(other, 'kyu:default')]],
];

interface Place {
  readonly ledger: TestLedger;
  readonly queueName: string;
}

function placeIn(ledger: TestLedger, queueName: string): Place {
  return { ledger, queueName };
}

describe.each(WAYS)('F59 two applications on one PostgreSQL and one Redis, with %s', (_way, places) => {
  it('each runs its own jobs and no others, at the same time', async () => {
    ran.length = 0;
    const [mine, theirs] = places();
    const apps = await Promise.all(
      [mine, theirs].map(async (place, index) => {
        const app = await openApp({ providers: [Handlers], kyu: optionsOf(place) });
        const kyu = app.get(KyuProducer);
        const items = Array.from({ length: 100 }, () => ({ type: 'mail', payload: index }));
        await kyu.enqueueMany([...items, { type: 'task:a', payload: index }]);
        return app;
      }),
    );
    await eventually(() => expect(ran).toHaveLength(202));
    const counts = `select locked_by, count(*)::int from kyu_jobs where queue = $1 and status = 'completed' group by 1`;
    for (const { ledger, queueName } of [mine, theirs]) {
      await eventually(async () =>
        expect(await ledger.sql(counts, [queueName])).toEqual([{ locked_by: null, count: 101 }]),
      );
      // All runs of one queue were those of one worker.
      const workers = await ledger.sql(
        `select distinct worker_id from kyu_attempts join kyu_jobs on id = job_id where queue = $1`,
        [queueName],
      );
      expect(workers).toHaveLength(1);
    }
    await Promise.all(apps.map((app) => closeOnce(app)));
  });

  it('the duties of one leave alone what they would see to in the other', async () => {
    const [mine, theirs] = places();
    const neighbour = await prepareNeighbour(theirs);
    const before = await pictureOf(neighbour);

    const options = optionsOf(mine);
    const app = await startApp({
      providers: [Handlers],
      kyu: { ...options, aging: '100ms', onUnknown: 'dead' },
    });
    await seeDutiesDone(mine, app.get(KyuProducer));

    expect(await pictureOf(neighbour)).toEqual(before);
    expect(await app.get(KyuAdmin).queues()).toMatchObject([{ queue: mine.queueName, pending: 0 }]);
    const workers = await app.get(KyuAdmin).workers();
    const living = workers.filter(({ state }) => state === 'alive');
    expect(living).toMatchObject([{ queues: [mine.queueName], pid: process.pid }]);
    expect((await app.get(HealthReader).workers()).status).toBe('up');
  });
});

function optionsOf({ ledger, queueName }: Place): InstanceOptions {
  return ledger.options({ queueName });
}

/** Enqueues through a process that works nothing, and leaves a dead worker with a job in its hands. */
async function prepareNeighbour(place: Place): Promise<Neighbour> {
  const { ledger, queueName } = place;
  await ledger.sql(`delete from kyu_jobs where queue = $1`, [queueName]);
  const options = optionsOf(place);
  const app = await openApp({ kyu: { ...options, role: 'producer' } });
  const kyu = app.get(KyuProducer);
  const enqueue = async (type: string, settings = {}) => (await kyu.enqueue(type, null, settings)).id;
  const jobs = {
    pending: await enqueue('mail'),
    task: await enqueue('task:neighbour'),
    urgent: await enqueue('mail', { priority: 9 }),
    due: await enqueue('mail', { delay: 1 }),
    orphan: await enqueue('mail'),
  };
  await app.close();
  const worker = randomUUID();
  await ledger.sql(
    `insert into kyu_workers (id, host, pid, version, queues, concurrency, lease_expires_at)
     values ($1, 'gone', 1, '1', $2, 5, now() - interval '1 hour')`,
    [worker, [queueName]],
  );
  await ledger.sql(
    `update kyu_jobs set status = 'running', run = 1, locked_by = $2, locked_at = now() - interval '1 hour' where id = $1`,
    [jobs.orphan, worker],
  );
  // What the reconciler of the neighbour would put back.
  await redis.del(...(await redis.keys(`*{${queueName}}:ready:task:neighbour`)));
  return { ledger, options, jobs, worker };
}

/** Everything that a duty could change. */
async function pictureOf({ ledger, jobs, options, worker }: Neighbour) {
  const rows = await ledger.sql(
    `select id, status, priority, run, locked_by, updated_at from kyu_jobs where id = any($1) order by id`,
    [Object.values(jobs)],
  );
  const workers = await ledger.sql(`select state, heartbeat_at from kyu_workers where id = $1`, [worker]);
  const duties = await ledger.sql(`select duty from kyu_duties where queue = $1`, [options.queueName]);
  const prefix = `kyu:${ledger.schema}`;
  const ready = await redis.zrange(`${prefix}:{${options.queueName}}:ready:mail`, 0, -1);
  const forgotten = await redis.exists(`${prefix}:{${options.queueName}}:ready:task:neighbour`);
  return { rows, workers, duties, ready, forgotten };
}

/** Promoted, rescued, reconciled: the same three things, where they are this application's business. */
async function seeDutiesDone({ ledger, queueName }: Place, kyu: KyuProducer): Promise<void> {
  const due = await kyu.enqueue('mail', 'due', { delay: 50 });
  const lost = randomUUID();
  await ledger.sql(`insert into kyu_jobs (id, queue, job_type) values ($1, $2, 'mail')`, [lost, queueName]);
  const worker = randomUUID();
  await ledger.sql(
    `insert into kyu_workers (id, host, pid, version, queues, concurrency, state, lease_expires_at)
     values ($1, 'gone', 1, '1', $2, 5, 'dead', now() - interval '1 hour')`,
    [worker, [queueName]],
  );
  const orphan = randomUUID();
  await ledger.sql(
    `insert into kyu_jobs (id, queue, job_type, max_retries, status, run, locked_by, locked_at)
     values ($1, $2, 'mail', 3, 'running', 1, $3, now())`,
    [orphan, queueName, worker],
  );
  for (const id of [due.id, lost, orphan]) await ledger.reaches(id, 'completed');
  await ledger.sql(`delete from kyu_workers where id = $1`, [worker]);
}
