import { Injectable } from '@nestjs/common';
import { JobHandler, KyuProducer, KyuSchemaVersionError, type JobContext } from 'nestjs-kyu';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest';
import { JobIdSource } from '../../lib/core/job-id.js';
import { LEDGER_VERSION } from '../../migrations/index.js';
import { eventually } from '../support/eventually.js';
import { WorkerOfVersion1 } from '../support/fault/worker-of-version-1.js';
import { startApp, startError } from '../support/kyu-app.js';
import { TestLedger } from '../support/test-ledger.js';

const TYPE = 'count';
const ids = new JobIdSource(() => Date.now());

@Injectable()
class Handlers {
  static readonly runs: { id: string; run: number }[] = [];

  @JobHandler(TYPE, { maxRetries: 3, backoff: { base: '20ms' } })
  async count(_payload: unknown, { attempt, id, run }: JobContext): Promise<string> {
    Handlers.runs.push({ id, run });
    await nextTurn();
    if (attempt === 1 && Handlers.runs.length % 5 === 0) throw new Error('not this time');
    return 'new';
  }
}

let ledger: TestLedger;

beforeAll(async () => {
  ledger = await TestLedger.open('versions');
});

afterAll(() => ledger.close());

/** What a later release may do to the schema under the processes of this one. */
async function migrateToNext(version: number, worksFrom: number | null): Promise<void> {
  await ledger.sql(`alter table kyu_jobs add column of_version_${version} text not null default 'new'`);
  await ledger.sql(`alter table kyu_attempts add column of_version_${version} jsonb`);
  await ledger.sql(`alter table kyu_workers add column of_version_${version} integer`);
  await ledger.sql(
    `create index kyu_jobs_of_version_${version} on kyu_jobs (of_version_${version}) where status = 'pending'`,
  );
  await ledger.sql(`insert into kyu_schema_versions (version, name, works_from) values ($1, $2, $3)`, [
    version,
    `Version${version}`,
    worksFrom,
  ]);
}

describe('processes of two releases on one ledger', () => {
  it('a worker of schema version 1 and one of this release run each job once at a time, and settle their own alone', async () => {
    const kyu = ledger.options({ workers: 3, pollInterval: '20ms', redis: false });
    const app = await startApp({ providers: [Handlers], kyu });
    const place = { schema: ledger.schema, queue: kyu.queueName, type: TYPE };
    const old = await WorkerOfVersion1.start(inject('databaseUrl'), place);
    onTestFinished(() => old.stop());
    const jobs = await app.get(KyuProducer).enqueueMany(
      Array.from({ length: 150 }, (_, index) => ({
        type: TYPE,
        payload: null,
        options: { unique: { key: `${index}` }, tags: ['new'] },
      })),
    );
    old.work();
    await old.enqueue(Array.from({ length: 150 }, () => ids.next()));
    expect(jobs.every(({ status }) => status !== 'rejected')).toBe(true);
    await ledger.untilFinished(kyu.queueName, 300, 20_000);

    const runs = [...old.runs.map(({ id, run }) => ({ id, run })), ...Handlers.runs];
    expect([old.runs.length, Handlers.runs.length].every((count) => count >= 20)).toBe(true);
    expect(new Set(runs.map(({ id, run }) => `${id} ${run}`)).size).toBe(runs.length);
    const [{ wrong, attempts }] = (await ledger.sql<{ wrong: string; attempts: string }>(
      `select count(*) filter (where status <> 'completed' or locked_by is not null) as wrong,
         (select count(*) from kyu_attempts where job_id in (select id from kyu_jobs where queue = $1)) as attempts
       from kyu_jobs where queue = $1`,
      [kyu.queueName],
    )) as [{ wrong: string; attempts: string }];
    expect([Number(wrong), Number(attempts)]).toEqual([0, runs.length]);

    // The fence holds across releases: what one has claimed, the other cannot settle, nor can a run that is over.
    const stale = old.runs[0];
    if (stale === undefined) throw new Error('the old worker ran nothing');
    expect(await old.settle(stale, 'completed')).toBe(false);
    const newer = Handlers.runs[0];
    if (newer === undefined) throw new Error('the new worker ran nothing');
    expect(await old.settle({ ...stale, ...newer }, 'completed')).toBe(false);
  });

  it('a worker goes on under a newer schema, and others start on it, if it says that they may', async () => {
    const kyu = ledger.options({ workers: 3 });
    const app = await startApp({ providers: [Handlers], kyu });
    const producer = app.get(KyuProducer);
    const enqueued: string[] = [];
    const more = async () => {
      for (let count = 0; count < 20; count += 1) enqueued.push((await producer.enqueue(TYPE, {})).id);
    };
    await more();
    await eventually(() => expect(Handlers.runs.some(({ id }) => enqueued.includes(id))).toBe(true));
    await Promise.all([more(), migrateToNext(LEDGER_VERSION + 1, LEDGER_VERSION)]);
    await more();
    for (const migrationsRun of [false, true]) {
      const later = await startApp({ providers: [Handlers], kyu: { ...kyu, migrationsRun } });
      enqueued.push((await later.get(KyuProducer).enqueue(TYPE, {})).id);
    }
    await ledger.untilFinished(kyu.queueName, enqueued.length);
    for (const id of enqueued) expect(await ledger.job(id)).toMatchObject({ status: 'completed' });
    expect(kyu.logger.lines.filter(({ level }) => level === 'error')).toEqual([]);
  });

  it('a process refuses to start on a schema that is too new for it, and says so', async () => {
    await migrateToNext(LEDGER_VERSION + 2, LEDGER_VERSION + 1);
    for (const migrationsRun of [false, true]) {
      const error = await startError({ kyu: ledger.options({ migrationsRun, redis: false }) });
      expect(error).toBeInstanceOf(KyuSchemaVersionError);
      expect(error.message).toContain(
        `version ${LEDGER_VERSION + 2}, newer than version ${LEDGER_VERSION} that this release`,
      );
    }
  });
});
