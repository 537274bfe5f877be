import { Logger, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { KyuAdmin, KyuProducer, KyuSchedules, type Job } from 'nestjs-kyu';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import {
  compilerComplaints,
  guideFiles,
  sqlStatements,
  writeGuide,
  type WrittenGuide,
} from '../support/docs/readme-guide.js';
import { eventually } from '../support/eventually.js';
import { openApp } from '../support/kyu-app.js';
import { freePort } from '../support/stores/free-port.js';

const DATABASE = 'readme_guide';
/** The others of this run use database 0 of the same Redis. */
const REDIS_DATABASE = 9;

let guide: WrittenGuide;
let databaseUrl: string;
let database: Client;
let app: INestApplication;
let url: string;

beforeAll(async () => {
  Logger.overrideLogger(false);
  guide = await writeGuide(guideFiles());
  databaseUrl = await freshDatabase();
  database = new Client({ connectionString: databaseUrl });
  await database.connect();
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  vi.stubEnv('DATABASE_URL', databaseUrl);
  vi.stubEnv('REDIS_URL', new URL(`/${REDIS_DATABASE}`, inject('redisUrl')).href);
  vi.stubEnv('PORT', String(port));
  app = await runMain();
});

afterAll(async () => {
  await app?.close();
  await database?.end();
  await administer(`drop database if exists ${DATABASE} with (force)`);
  await guide?.remove();
  vi.unstubAllEnvs();
});

describe('the snippets of the README', () => {
  it('compile', async () => {
    expect(await compilerComplaints(guide.folder)).toBe('');
  });
});

describe('the five-minute guide', () => {
  it('sends the letter of an order', async () => {
    const { letterJobId } = await placeOrder('grace@shop.example');
    expect(await ended(letterJobId)).toMatchObject({
      type: 'send_email',
      status: 'completed',
      queue: 'shop',
      priority: 10,
      maxRetries: 8,
      progress: { percent: 100, note: 'accepted' },
      result: { letterId: expect.any(String) as unknown },
    });
    const smtp = await provider<{ sent: Map<string, { to: string }> }>('smtp.ts', 'Smtp');
    expect(smtp.sent.get(letterJobId)).toMatchObject({ to: 'grace@shop.example' });
  });

  it('asks for a review three days later', async () => {
    const { orderId } = await placeOrder('grace@shop.example');
    const review = await findJob('ask_for_review', { orderId });
    expect(review.status).toBe('scheduled');
    expect(Number(review.scheduledAt) - Number(review.createdAt)).toBe(3 * 24 * 3_600_000);
  });

  it('leaves no job behind when the order cannot be saved', async () => {
    const before = await totals();
    const answer = await post('/orders', { email: null });
    expect(answer.status).toBe(500);
    expect((await totals()).jobs).toBe(before.jobs);
  });

  it('enqueues many, and discards what has no address', async () => {
    const answer = await post('/orders/newsletter', { to: ['alan@shop.example', 'nobody'] });
    expect(await answer.json()).toEqual({ created: 2, refused: [] });
    const { id } = await findJob('send_email', { to: 'nobody' });
    expect(await ended(id)).toMatchObject({ status: 'dead', retryCount: 0 });
    const pager = await provider<{ calls: string[] }>('pager.ts', 'Pager');
    await eventually(() => expect(pager.calls).toContainEqual(`${id} is dead: DiscardJob: no such address`));
  });

  it('plans the daily digest, and what a reader subscribes to', async () => {
    const schedules = app.get(KyuSchedules);
    expect(await schedules.get('daily-digest')).toMatchObject({
      timezone: 'Europe/Berlin',
      overlap: 'skip',
      nextRunAt: expect.any(Date) as Date,
    });
    const newspaper = await provider<{ subscribe(email: string): Promise<Date> }>(
      'newspaper.ts',
      'Newspaper',
    );
    expect((await newspaper.subscribe('grace@shop.example')).getTime()).toBeGreaterThan(Date.now());
    const { id } = await schedules.runNow('weekly-grace-at-shop.example');
    expect(await ended(id)).toMatchObject({ type: 'send_email', status: 'completed' });
  });

  it('tells how it is', async () => {
    const answer = await fetch(`${url}/health`);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({
      status: 'ok',
      details: { kyu: { status: 'up', state: 'running', dispatcher: { mode: 'redis' } } },
    });
  });

  it('serves its metrics', async () => {
    const page = await (await fetch(`${url}/metrics`)).text();
    expect(page).toMatch(/^kyu_jobs_processed_total\{status="completed"\} [1-9]/m);
    expect(page).toMatch(/^kyu_queue_depth\{queue="shop"\} \d+$/m);
    expect(page).toMatch(/^process_cpu_seconds_total /m);
  });

  it('lets an operator look and redrive', async () => {
    const operator = await theOperator();
    await post('/orders/newsletter', { to: ['no address'] });
    const { id } = await findJob('send_email', { to: 'no address' });
    await ended(id);
    expect(await operator.reasonsOfDeath()).toContainEqual('DiscardJob: no such address');
    expect(await operator.redrive()).toBeGreaterThan(0);
    await eventually(async () => {
      const { job, runs } = await operator.look(id);
      expect(job).toMatchObject({ status: 'dead', run: 2 });
      expect(runs.map(({ outcome }) => outcome)).toEqual(['discarded', 'discarded']);
    });
  });

  it('lets an operator call off', async () => {
    const { orderId } = await placeOrder('grace@shop.example');
    const { id } = await findJob('ask_for_review', { orderId });
    await (await theOperator()).callOff(id);
    expect(await app.get(KyuAdmin).get(id)).toMatchObject({
      status: 'cancelled',
      errorMessage: 'the order was withdrawn',
    });
  });
});

describe('the SQL of the README', () => {
  it('has five questions', () => {
    const verbs = sqlStatements().map((statement) => statement.split(/\s/, 1)[0]);
    expect(verbs).toEqual(['select', 'select', 'select', 'select', 'select']);
  });

  it('answers what it asks', async () => {
    await app.get(KyuProducer).enqueue('nobody_handles_this', {});
    await ended((await placeOrder('ada@shop.example')).letterJobId);
    await post('/orders/newsletter', { to: ['nowhere'] });
    await ended((await findJob('send_email', { to: 'nowhere' })).id);
    const [line, deaths, customer, speeds, workers] = await answers();
    expect(line).toContainEqual(expect.objectContaining({ job_type: 'nobody_handles_this', pending: '1' }));
    expect(deaths).toContainEqual(expect.objectContaining({ reason: 'DiscardJob: no such address' }));
    expect(customer).toEqual([
      expect.objectContaining({ status: 'completed', outcome: 'completed', pid: process.pid }),
    ]);
    expect(speeds).toContainEqual(expect.objectContaining({ job_type: 'send_email' }));
    expect(workers).toEqual([expect.objectContaining({ pid: process.pid, state: 'alive', concurrency: 20 })]);
  });
});

describe('run once', () => {
  it('runs what is due and comes to its end', async () => {
    await app.close();
    const id = await enqueueFromElsewhere('send_email', { to: 'late@shop.example', subject: 'Hi' });
    expect(await statusOf(id)).toBe('pending');
    vi.stubEnv('RUN_ONCE', 'true');
    await import(guide.path('run-once.ts'));
    expect(await statusOf(id)).toBe('completed');
    const alive = await database.query(`select from kyu.kyu_workers where state in ('alive', 'draining')`);
    expect(alive.rowCount).toBe(0);
  });
});

/** The guide's own `main.ts`, as it stands; Nest tells what it created. */
async function runMain(): Promise<INestApplication> {
  const create = vi.spyOn(NestFactory, 'create');
  await import(guide.path('main.ts'));
  const [made] = create.mock.results;
  create.mockRestore();
  return (await made?.value) as INestApplication;
}

async function provider<Provider>(file: string, name: string): Promise<Provider> {
  const exported = (await import(guide.path(file))) as Record<string, new () => Provider>;
  const token = exported[name];
  if (token === undefined) throw new Error(`${file} exports no ${name}.`);
  return app.get<Provider>(token);
}

interface Operator {
  look(id: string): Promise<{ job: Job; runs: { outcome: string }[] }>;
  reasonsOfDeath(): Promise<(string | null)[]>;
  redrive(): Promise<number>;
  callOff(id: string): Promise<void>;
}

function theOperator(): Promise<Operator> {
  return provider<Operator>('operator.ts', 'Operator');
}

async function placeOrder(email: string): Promise<{ orderId: string; letterJobId: string }> {
  const answer = await post('/orders', { email });
  expect(answer.status).toBe(201);
  return (await answer.json()) as { orderId: string; letterJobId: string };
}

function post(path: string, body: object): Promise<Response> {
  const headers = { 'content-type': 'application/json' };
  return fetch(`${url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
}

/** The newest job of a type whose payload has this member. */
async function findJob(type: string, member: Record<string, string>): Promise<Job> {
  const { jobs } = await app.get(KyuAdmin).list({ type, limit: 1_000 });
  const [key, value] = Object.entries(member)[0] ?? [];
  const found = jobs.find((job) => (job.payload as Record<string, unknown>)[key ?? ''] === value);
  if (found === undefined) throw new Error(`There is no ${type} with ${JSON.stringify(member)}.`);
  return found;
}

function ended(id: string): Promise<Job> {
  return eventually(async () => {
    const job = await app.get(KyuAdmin).get(id);
    expect(['completed', 'dead']).toContain(job.status);
    return job;
  });
}

async function enqueueFromElsewhere(type: string, payload: object): Promise<string> {
  const elsewhere = await openApp({
    kyu: { dsn: databaseUrl, redis: false, role: 'producer', queueName: 'shop' },
  });
  const { id } = await elsewhere.get(KyuProducer).enqueue(type, payload);
  await elsewhere.close();
  return id;
}

async function answers(): Promise<Record<string, unknown>[][]> {
  const found: Record<string, unknown>[][] = [];
  for (const statement of sqlStatements().slice(0, 5)) {
    found.push((await database.query<Record<string, unknown>>(statement)).rows);
  }
  return found;
}

async function totals(): Promise<{ jobs: number; runs: number }> {
  const { rows } = await database.query<{ jobs: number; runs: number }>(
    `select (select count(*)::int from kyu.kyu_jobs) as jobs, (select count(*)::int from kyu.kyu_attempts) as runs`,
  );
  const [counted] = rows;
  if (counted === undefined) throw new Error('count(*) answered nothing.');
  return counted;
}

async function statusOf(id: string): Promise<string | undefined> {
  const query = 'select status from kyu.kyu_jobs where id = $1';
  return (await database.query<{ status: string }>(query, [id])).rows[0]?.status;
}

/** A database of the guide's own: its SQL says `kyu`, and others of this run use that schema as well. */
async function freshDatabase(): Promise<string> {
  await administer(`drop database if exists ${DATABASE} with (force)`, `create database ${DATABASE}`);
  const address = new URL(inject('databaseUrl'));
  address.pathname = `/${DATABASE}`;
  return address.href;
}

async function administer(...statements: readonly string[]): Promise<void> {
  const admin = new Client({ connectionString: inject('databaseUrl') });
  await admin.connect();
  for (const statement of statements) await admin.query(statement);
  await admin.end();
}
