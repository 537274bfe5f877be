import type { INestApplicationContext } from '@nestjs/common';
import { Redis } from 'ioredis';
import { JobHandler, KyuProducer, KyuSchedules, KyuWorkers } from 'nestjs-kyu';
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest';
import { DispatchKeys } from '../../lib/dispatch/keys.js';
import { FakeShell } from '../support/cli/fake-shell.js';
import { eventually } from '../support/eventually.js';
import { closeOnce, openApp } from '../support/kyu-app.js';
import { TestLedger } from '../support/test-ledger.js';

let ledger: TestLedger;
let app: INestApplicationContext;
let kyu: KyuProducer;
let queue: string;
let where: string[];

class Handlers {
  @JobHandler('quick')
  quick(payload: unknown): unknown {
    return payload;
  }

  @JobHandler('fails', { maxRetries: 0 })
  fails(): void {
    throw new TypeError('not today\u001B[2J');
  }
}

beforeAll(async () => {
  ledger = await TestLedger.open('cli_operating');
  const options = ledger.options();
  queue = options.queueName;
  app = await openApp({ kyu: options, providers: [Handlers] });
  kyu = app.get(KyuProducer);
  where = ['--postgres', inject('databaseUrl'), '--redis', inject('redisUrl'), '--schema', ledger.schema];
  where.push('--queue-name', queue);
});

afterAll(async () => {
  await closeOnce(app);
  await ledger.close();
});

interface Ran {
  readonly shown: string;
  readonly complaint: string;
  readonly code: number;
}

/** For people. */
async function say(...words: string[]): Promise<Ran> {
  const shell = new FakeShell();
  const code = await shell.run(...words, ...where);
  return { code, shown: shell.shown, complaint: shell.complaint };
}

/** The same of another schema: the last word counts. */
async function sayOf(schema: string, ...words: string[]): Promise<Ran> {
  const shell = new FakeShell();
  const code = await shell.run(...words, ...where, '--schema', schema);
  return { code, shown: shell.shown, complaint: shell.complaint };
}

/** For programs: one document, and nothing beside it. */
async function json(...words: string[]): Promise<Record<string, unknown>> {
  const shell = new FakeShell();
  const code = await shell.run(...words, ...where, '--json');
  expect({ words, code, complaint: shell.complaint }).toEqual({ words, code: 0, complaint: '' });
  return shell.json as Record<string, unknown>;
}

/** A person on a terminal, who answers the question. */
async function answering(answer: string, ...words: string[]): Promise<Ran> {
  const shell = new FakeShell({ terminal: { columns: 100, rows: 30 } });
  const end = shell.run(...words, ...where);
  await shell.shows('to agree: ');
  shell.keys.write(`${answer}\n`);
  return { code: await end, shown: shell.shown, complaint: shell.complaint };
}

async function deadJobs(count: number): Promise<string[]> {
  const jobs = await Promise.all(
    Array.from({ length: count }, (_, index) =>
      kyu.enqueue('fails', { index }, { queue, tags: [`n:${index}`] }),
    ),
  );
  const ids = jobs.map(({ id }) => id);
  for (const id of ids) await ledger.reaches(id, 'dead');
  return ids;
}

describe('kyu jobs', () => {
  it('F97 enqueues, lists by the query language, shows and explains', async () => {
    const { id } = await json(
      'jobs',
      'enqueue',
      'quick',
      '{"user":{"id":42}}',
      '--queue',
      queue,
      '--tags',
      'a,b',
    );
    await ledger.reaches(String(id), 'completed');
    const list = await json('jobs', 'list', 'type:quick', 'payload.user.id:42', 'status:completed');
    expect(list).toMatchObject({ jobs: [{ id, type: 'quick', tags: ['a', 'b'] }], nextCursor: null });
    expect((list['jobs'] as { createdAt: string }[])[0]?.createdAt).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    const people = await say('jobs', 'list', '-type:fails', 'payload.user.id:42');
    expect(people.shown).toMatch(/^ID +STATUS +TYPE +QUEUE +TRY +CREATED +NOTE\n/);
    expect(people.shown).toContain(String(id));

    const shown = await say('jobs', 'show', String(id));
    expect(shown.shown).toContain(`completed  quick  ${String(id)}`);
    expect(shown.shown).toMatch(/payload +\{"user":\{"id":42\}\}/);
    expect(shown.shown).toMatch(/1 +completed/);
    const hidden = await json('jobs', 'show', String(id), '--no-payload');
    expect(hidden['job']).not.toHaveProperty('payload');
    expect(hidden['runs']).toMatchObject([{ run: 1, outcome: 'completed' }]);

    const waiting = await json(
      'jobs',
      'enqueue',
      'quick',
      '--queue',
      queue,
      '--delay',
      '1h',
      '--priority',
      'high',
    );
    const explained = await json('jobs', 'explain', String(waiting['id']));
    expect(explained).toMatchObject({ status: 'scheduled', reasons: [{ reason: 'scheduled' }] });
    expect((await say('jobs', 'explain', String(waiting['id']))).shown).toContain('- It is scheduled for ');
    expect(await ledger.job(String(waiting['id']))).toMatchObject({ priority: 10 });
  });

  it('F97 enqueues as the handler of the type says, and tells when there is none', async () => {
    await ledger.sql(
      `insert into kyu_job_types (app, job_type, queue, max_retries, timeout_ms, payload_limit_bytes)
       values ($1, 'letter:*', 'post', 7, 120000, 1000), ('another', 'unheard', 'elsewhere', 7, 120000, 1000)`,
      [queue],
    );
    const asSaid = await json('jobs', 'enqueue', 'letter:42');
    expect(await ledger.job(String(asSaid['id']))).toMatchObject({
      queue: 'post',
      max_retries: 7,
      timeout_ms: '120000',
    });
    const asGiven = await json('jobs', 'enqueue', 'letter:42', '--queue', 'express', '--max-retries', '0');
    expect(await ledger.job(String(asGiven['id']))).toMatchObject({ queue: 'express', max_retries: 0 });
    expect([asSaid, asGiven]).toMatchObject([{ isKnown: true }, { isKnown: true }]);
    const unheard = await json('jobs', 'enqueue', 'unheard');
    expect(unheard).toMatchObject({ created: true, isKnown: false });
    expect(await ledger.job(String(unheard['id']))).toMatchObject({ queue, max_retries: 3 });
    const again = await say('jobs', 'enqueue', 'unheard');
    expect(again).toMatchObject({ code: 0, shown: expect.stringMatching(/^enqueued /) as string });
    expect(again.complaint).toContain(`No worker of "${queue}" has said that it handles "unheard"`);
    await json('jobs', 'delete', 'type:letter:42,unheard', '--yes');
    expect(await json('jobs', 'list', 'status:pending')).toMatchObject({ jobs: [] });
  });

  it('goes through pages', async () => {
    for (let index = 0; index < 3; index += 1) await json('jobs', 'enqueue', 'paged', '--queue', 'elsewhere');
    const first = await json('jobs', 'list', 'type:paged', '--limit', '2');
    const second = await json('jobs', 'list', 'type:paged', '--cursor', String(first['nextCursor']));
    expect([first['jobs'], second['jobs']]).toMatchObject([{ length: 2 }, { length: 1 }]);
    const people = await say('jobs', 'list', 'type:paged', '--limit', '2');
    expect(people.shown).toContain('2 jobs shown, there are more: --cursor ');
    const oldest = await json('jobs', 'list', 'type:paged', '--order', 'asc', '--limit', '1');
    expect(oldest['jobs']).toEqual((second['jobs'] as unknown[]).slice(-1));
    await json('jobs', 'delete', 'type:paged', '--yes');
  });

  it('retries, cancels and deletes by id or by search, and keeps who did it', async () => {
    const [first = '', second = '', third = ''] = await deadJobs(3);
    const one = await say('jobs', 'retry', first, '--actor', 'ada', '--reason', 'the bank is back');
    expect(one).toMatchObject({ code: 0, shown: 'put back in line 1 job\n' });
    await ledger.reaches(first, 'dead');
    const audit = await ledger.sql<{ actor: string; reason: string; action: string }>(
      'select actor, reason, action from kyu_audit where job_id = $1',
      [first],
    );
    expect(audit).toEqual([{ actor: 'ada', reason: 'the bank is back', action: 'retry' }]);

    const counted = await json('jobs', 'retry', 'tag:n:1', '--dry-run');
    expect(counted).toEqual({ matched: 1, affected: 0 });
    const no = await answering('yes', 'jobs', 'delete', second, third);
    expect(no).toMatchObject({ code: 1, complaint: 'kyu: Nothing was done.\n' });
    const yes = await answering('2', 'jobs', 'delete', second, third);
    expect(yes.code).toBe(0);
    expect(yes.shown).toContain('Delete 2 jobs? Type 2 to agree: ');
    expect(yes.shown).toContain('deleted 2 jobs');

    const { id } = await json('jobs', 'enqueue', 'later', '--queue', queue, '--delay', '1h');
    expect(await json('jobs', 'cancel', 'type:later', '--yes')).toEqual({ matched: 1, affected: 1 });
    expect(await ledger.job(String(id))).toMatchObject({ status: 'cancelled' });
    const again = await say('jobs', 'cancel', String(id));
    expect(again.code).toBe(1);
    expect(again.complaint).toContain('is cancelled and cannot be cancelled');
    const mixed = await say('jobs', 'delete', String(id), first.replace(/^./, 'f'), '--yes');
    expect(mixed).toMatchObject({ code: 1, shown: 'deleted 1 job; 1 job left as they are\n' });
    expect((await say('jobs', 'retry', 'type:nothing', '--yes')).shown).toBe('No job matches.\n');
  });
});

describe('kyu dead', () => {
  it('F98 is the short way to the jobs that nobody tries any more', async () => {
    await json('dead', 'delete', '--yes');
    const ids = await deadJobs(3);
    const list = await json('dead', 'list', 'type:fails');
    expect((list['jobs'] as { id: string }[]).map(({ id }) => id).sort()).toEqual([...ids].sort());
    const people = await say('dead', 'list');
    // What a job carries does not move the cursor.
    expect(people.shown).toContain(String.raw`not today\u001b[2J`);
    const refused = await say('dead', 'retry');
    expect(refused.code).toBe(2);
    expect(refused.complaint).toContain('Retry 3 jobs? There is nobody to ask here');
    expect(await json('dead', 'retry', '--yes', '--limit', '2')).toEqual({ matched: 2, affected: 2 });
    for (const id of ids) await ledger.reaches(id, 'dead');
    expect(await json('dead', 'delete', '--yes')).toEqual({ matched: 3, affected: 3 });
  });
});

describe('kyu queues', () => {
  it('F97 lists, pauses, resumes and drains', async () => {
    const { queues } = await json('queues', 'list');
    expect(queues).toEqual(
      expect.arrayContaining([expect.objectContaining({ queue, liveWorkers: 1, paused: false })]),
    );
    expect(await json('queues', 'pause', queue)).toEqual({ queues: [queue], type: null });
    expect((await say('queues', 'pause', queue)).shown).toBe(`was so already ${queue}\n`);
    const problems = await say('queues', 'list', queue);
    expect(problems.shown).toContain(`! ${queue} is paused. Go on: kyu queues resume ${queue}`);
    expect((await say('queues', 'resume', queue)).shown).toBe(`resumed ${queue}\n`);
    expect(await json('queues', 'pause', queue, '--type', 'quick')).toEqual({
      queues: [queue],
      type: 'quick',
    });
    expect((await say('queues', 'list', queue)).shown).toContain(`kyu queues resume ${queue} --type quick`);
    expect(await json('queues', 'resume', queue, '--type', 'quick')).toEqual({
      queues: [queue],
      type: 'quick',
    });
    expect((await say('queues', 'drain', queue)).shown).toContain(`drained ${queue}`);
    await say('queues', 'resume', queue);
  });

  it('says that a queue holds jobs and nobody serves it', async () => {
    await json('jobs', 'enqueue', 'quick', '--queue', 'nobody-here');
    const { shown } = await say('queues', 'list');
    expect(shown).toContain('! nobody-here: 1 pending and no worker. Start one: kyu work <module>');
    await json('jobs', 'delete', 'queue:nobody-here', '--yes');
  });
});

describe('kyu schedules', () => {
  it('F97 lists, previews, runs, pauses, resumes and removes', async () => {
    await app
      .get(KyuSchedules)
      .upsert({ name: 'nightly', cron: '0 3 * * *', type: 'quick', timezone: 'Europe/Berlin' });
    expect(await json('schedules', 'list')).toMatchObject({
      schedules: [{ name: 'nightly', pausedAt: null }],
    });
    expect((await say('schedules', 'list')).shown).toMatch(/nightly +0 3 \* \* \* +Europe\/Berlin +quick/);
    const { ticks } = await json('schedules', 'next', 'nightly', '--count', '3');
    expect(ticks).toHaveLength(3);
    expect((await say('schedules', 'next', 'nightly')).shown).toContain('03:00:00');
    const { id } = await json('schedules', 'run', 'nightly');
    await ledger.reaches(String(id), 'completed');
    expect((await say('schedules', 'pause', 'nightly')).shown).toBe('paused nightly\n');
    expect((await say('schedules', 'list')).shown).toContain('paused');
    expect((await say('schedules', 'resume', 'nightly')).shown).toMatch(/^resumed nightly, next in /);
    expect((await say('schedules', 'remove', 'nightly')).code).toBe(2);
    expect(await json('schedules', 'remove', 'nightly', '--yes')).toEqual({ removed: 'nightly' });
    const gone = await say('schedules', 'next', 'nightly');
    expect(gone).toMatchObject({ code: 1 });
    expect(gone.complaint).toContain('There is no schedule "nightly"');
    expect((await say('schedules', 'list')).shown).toContain('Another application? Say --queue-name.');
  });
});

describe('kyu stats', () => {
  it('F97 counts by status, queue and type, problems first', async () => {
    await deadJobs(1);
    const stats = await json('stats');
    expect(stats['jobs']).toMatchObject({ byType: { fails: { dead: 1 } } });
    const { shown } = await say('stats');
    const problem = shown.indexOf(`! ${queue}: 1 dead. Look: kyu dead list queue:${queue}`);
    expect(problem).toBeGreaterThanOrEqual(0);
    expect(problem).toBeLessThan(shown.indexOf('QUEUE'));
    expect(shown).toMatch(/\nTYPE +SCHEDULED +PENDING +RUNNING/);
    await json('dead', 'delete', '--yes');
  });
});

describe('kyu errors', () => {
  it('F97 shows like with like, and runs the dead jobs of a group again', async () => {
    await json('dead', 'delete', 'type:fails', '--yes');
    const ids = await deadJobs(2);
    const { groups } = await json('errors', 'list', '--window', '1h');
    const [group] = groups as { fingerprint: string; dead: number; types: string[] }[];
    expect(group).toMatchObject({ dead: 2, types: ['fails'] });
    const people = await say('errors', 'list');
    expect(people.shown).toContain(`Run its dead jobs again: kyu errors retry ${group?.fingerprint}`);
    const fingerprint = group?.fingerprint ?? '';
    expect(await json('errors', 'retry', fingerprint, '--dry-run')).toEqual({ matched: 2, affected: 0 });
    expect((await say('errors', 'retry', fingerprint, '--yes')).shown).toBe('put back in line 2 jobs\n');
    for (const id of ids) await ledger.reaches(id, 'dead');
    expect((await say('errors', 'retry', '0123456789abcdef')).shown).toBe('No dead job has this error.\n');
    await json('dead', 'delete', '--yes');
  });
});

describe('kyu doctor', () => {
  it('F97 is content with a healthy house, and fixes a schema that is missing', async () => {
    const { code, shown } = await say('doctor');
    expect({ code, shown }).toMatchObject({
      code: 0,
      shown: expect.stringMatching(/healthy|note/) as string,
    });
    const other = `${ledger.schema}_late`;
    const sick = new FakeShell();
    expect(await sick.run('doctor', ...where, '--schema', other, '--json')).toBe(1);
    expect(sick.json).toMatchObject({
      findings: [{ code: 'schema-version', severity: 'critical', canFix: true }],
    });
    const advised = await sayOf(other, 'doctor');
    expect(advised.shown).toContain('Run: kyu migrate up');
    expect(advised.shown).toContain('1 finding can be fixed: kyu doctor --fix');
    const fixed = await sayOf(other, 'doctor', '--fix');
    expect(fixed.shown).toContain('fixed schema-version: applied ');
    await ledger.sql(`drop schema "${other}" cascade`);
  });
});

describe('kyu doctor --fix', () => {
  it('F97 sees to what is missing, only when it is asked to, and looks again', async () => {
    await ledger.sql('drop index kyu_jobs_dead');
    const isThere = async (): Promise<boolean> =>
      (await ledger.sql(`select from pg_class where oid = to_regclass('kyu_jobs_dead')`)).length === 1;
    const advised = await say('doctor');
    expect(advised).toMatchObject({
      code: 1,
      shown: expect.stringContaining('index-missing') as string,
    });
    expect(await isThere()).toBe(false);
    const fixed = await say('doctor', '--fix');
    expect(fixed.shown).toContain('fixed index-missing: made the index kyu_jobs_dead');
    expect(fixed.shown).not.toContain('The index kyu_jobs_dead is missing');
    expect(fixed.code).toBe(0);
    expect(await isThere()).toBe(true);
  });

  it('F97 ends with 1 for a warning as well', async () => {
    await ledger.sql('alter table kyu_dashboard_sessions alter column account type json');
    const warned = await say('doctor', '--fix');
    expect(warned).toMatchObject({
      code: 1,
      shown: expect.stringContaining('column-differs') as string,
    });
    await ledger.sql('alter table kyu_dashboard_sessions alter column account type jsonb');
  });
});

describe('kyu doctor of somebody who may only look', () => {
  let role: string;

  beforeAll(async () => {
    role = `${ledger.schema}_looker`;
    await ledger.sql(`create role "${role}" login password 'looker'`);
    await ledger.sql(`grant usage on schema "${ledger.schema}" to "${role}"`);
    await ledger.sql(`grant all on all tables in schema "${ledger.schema}" to "${role}"`);
  });

  afterAll(async () => {
    await ledger.sql(`drop owned by "${role}"`);
    await ledger.sql(`drop role "${role}"`);
  });

  it('F97 ends with 0 where there is nothing but a note', async () => {
    const url = new URL(inject('databaseUrl'));
    url.username = role;
    url.password = 'looker';
    const shell = new FakeShell();
    const code = await shell.run('doctor', ...where, '--postgres', url.href);
    expect({ code, shown: shell.shown, complaint: shell.complaint }).toMatchObject({
      code: 0,
      shown: expect.stringContaining('schema-not-compared') as string,
      complaint: '',
    });
  });
});

describe('kyu rebuild', () => {
  it('F97 fills Redis from the ledger', async () => {
    await json('jobs', 'enqueue', 'quick', '--queue', 'kept');
    const redis = new Redis(inject('redisUrl'));
    onTestFinished(() => redis.disconnect());
    const ready = new DispatchKeys(`kyu:${ledger.schema}`).ready('kept', 'quick');
    expect(await redis.del(ready)).toBe(1);
    const { queues } = await json('rebuild');
    expect(queues).toContainEqual({ queue: 'kept', added: 1 });
    expect(await redis.zcard(ready)).toBe(1);
    const alone = new FakeShell();
    expect(await alone.run('rebuild', ...where, '--no-redis')).toBe(2);
    expect(alone.complaint).toContain('There is no Redis to fill');
    await json('jobs', 'delete', 'queue:kept', '--yes');
  });
});

describe('kyu workers', () => {
  it('F97 lists them, and drains one', async () => {
    const { workerId } = app.get(KyuWorkers).status();
    expect(await json('workers', 'list')).toMatchObject({ workers: [{ workerId, state: 'alive' }] });
    expect((await say('workers', 'list')).shown).toContain(workerId ?? 'none');
    const asked = await say('workers', 'drain', workerId ?? '', '--reason', 'a new disk');
    expect(asked).toMatchObject({
      code: 0,
      shown: expect.stringContaining(`asked worker ${workerId}`) as string,
    });
    await eventually(() => expect(app.get(KyuWorkers).status().state).toBe('stopped'));
    expect((await say('workers', 'list')).shown).toContain('No worker lives.');
    expect((await say('workers', 'list', '--all')).shown).toMatch(/stopped/);
    const again = await say('workers', 'drain', workerId ?? '');
    expect(again.code).toBe(1);
  });
});
