import { randomUUID } from 'node:crypto';
import type { Type } from '@nestjs/common';
import {
  HandlerConflictError,
  JobHandler,
  KyuConfigError,
  KyuProducer,
  KyuWorkers,
  type JobContext,
} from 'nestjs-kyu';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { HealthReader } from '../../lib/observability/health-reader.js';
import { eventually } from '../support/eventually.js';
import { Gate } from '../support/gate.js';
import { startApp, startError } from '../support/kyu-app.js';
import { TestLedger, type InstanceOptions } from '../support/test-ledger.js';

/** A type that a worker has never seen starts within this time. */
const FIRST_START_MS = 2_000;

let ledger: TestLedger;
const ran: [handler: string, type: string][] = [];

class Reports {
  @JobHandler('report:*', { maxRetries: 7, timeout: '90s' })
  any(_payload: unknown, job: JobContext): void {
    ran.push(['report:*', job.type]);
  }

  @JobHandler('report:sales:*')
  sales(_payload: unknown, job: JobContext): void {
    ran.push(['report:sales:*', job.type]);
  }

  @JobHandler('report:sales:daily')
  daily(_payload: unknown, job: JobContext): void {
    ran.push(['report:sales:daily', job.type]);
  }
}

beforeAll(async () => {
  ledger = await TestLedger.open('prefixes');
});

beforeEach(() => void (ran.length = 0));

afterAll(() => ledger.close());

async function startWorker(handlers: Type, more: Parameters<TestLedger['options']>[0] = {}) {
  const options = ledger.options(more);
  const app = await startApp({ providers: [handlers], kyu: options });
  return { app, options, kyu: app.get(KyuProducer) };
}

/** As plain SQL would, without a word to anybody. */
async function insertBySql({ queueName }: InstanceOptions, type: string): Promise<string> {
  const id = randomUUID();
  await ledger.sql('insert into kyu_jobs (id, queue, job_type) values ($1, $2, $3)', [id, queueName, type]);
  return id;
}

describe('a handler of many job types', () => {
  it('F19 F20 the handler of exactly the type comes first, then the one with the longest prefix', async () => {
    const { kyu } = await startWorker(Reports);
    const types = ['report:sales:daily', 'report:sales:weekly', 'report:stock', 'report:'];
    for (const type of types) await kyu.enqueue(type, null);
    await eventually(() => expect(ran).toHaveLength(types.length));
    expect(new Map(ran.map(([handler, type]) => [type, handler]))).toEqual(
      new Map([
        ['report:sales:daily', 'report:sales:daily'],
        ['report:sales:weekly', 'report:sales:*'],
        ['report:stock', 'report:*'],
        ['report:', 'report:*'],
      ]),
    );
  });

  it('F20 its settings are the defaults of the types under it, in the ledger as well', async () => {
    const { kyu, options } = await startWorker(Reports, { handlers: { 'report:*': { timeout: '2m' } } });
    const { id } = await kyu.enqueue('report:stock', null);
    expect(await ledger.job(id)).toMatchObject({ max_retries: 7, timeout_ms: '120000' });
    expect(options.logger.lines.map(({ message }) => message).join('\n')).toMatch(
      /handlers {2}report:\* +Reports\.any +\S+ +concurrency 5 +timeout 2m/,
    );
  });

  it.each(['Redis', 'PostgreSQL alone'])(
    'F20 with %s, a type that another process makes up starts within 2 s, and at once when it is known',
    async (stores) => {
      const place = stores === 'Redis' ? {} : { redis: false as const };
      const { options } = await startWorker(Reports, place);
      const producer = await startApp({ kyu: { ...options, role: 'producer' } });
      const kyu = producer.get(KyuProducer);
      const first = await kyu.enqueue('report:made-up', null);
      await ledger.reaches(first.id, 'completed', FIRST_START_MS);
      const second = await kyu.enqueue('report:made-up', null);
      await ledger.reaches(second.id, 'completed', 500);
    },
  );

  it('F20 F61 without any signal a new type starts within 2 s, too', async () => {
    const { options } = await startWorker(Reports, { redis: false });
    const id = await insertBySql(options, 'report:by-sql');
    await ledger.reaches(id, 'completed', FIRST_START_MS);
  });

  it.each(['Redis', 'PostgreSQL alone'])(
    'F20 F60 with %s, the types under it share its slots and leave the others theirs',
    async (stores) => {
      const gate = new Gate();
      const running = { tasks: 0, mails: 0 };
      const most = { tasks: 0 };
      class Mixed {
        @JobHandler('task:*', { concurrency: 2 })
        async task(): Promise<void> {
          running.tasks += 1;
          most.tasks = Math.max(most.tasks, running.tasks);
          await gate.opened;
          running.tasks -= 1;
        }
        @JobHandler('mail')
        async mail(): Promise<void> {
          running.mails += 1;
          await gate.opened;
        }
      }
      const { kyu, options } = await startWorker(Mixed, {
        workers: 6,
        ...(stores === 'Redis' ? {} : { redis: false }),
      });
      const tasks = ['task:a', 'task:b', 'task:c'].flatMap((type) => Array.from({ length: 5 }, () => type));
      await kyu.enqueueMany(tasks.map((type) => ({ type, payload: null })));
      await kyu.enqueueMany(Array.from({ length: 4 }, () => ({ type: 'mail', payload: null })));
      await eventually(() => expect(running).toEqual({ tasks: 2, mails: 4 }));
      const count = 'select count(*)::int from kyu_jobs where queue = $1 and status = $2';
      expect(await ledger.sql(count, [options.queueName, 'running'])).toEqual([{ count: 6 }]);
      gate.release();
      await eventually(async () =>
        expect(await ledger.sql(count, [options.queueName, 'completed'])).toEqual([{ count: 19 }]),
      );
      expect(most.tasks).toBe(2);
    },
  );

  it('F20 its settings hold for what is enqueued from SQL, too', async () => {
    const { options } = await startWorker(Reports);
    const [row] = await ledger.sql<{ id: string }>('select id from enqueue($1, app => $2)', [
      'report:by-function',
      options.queueName,
    ]);
    expect(await ledger.reaches(row?.id ?? '', 'completed')).toMatchObject({
      queue: options.queueName,
      max_retries: 7,
      timeout_ms: '90000',
    });
  });

  it('F20 run once sees to what is there under the prefix', async () => {
    const options = ledger.options();
    const setUp = await startApp({ kyu: { ...options, role: 'producer' } });
    const { id } = await setUp.get(KyuProducer).enqueue('report:left-over', null);
    await startApp({ providers: [Reports], kyu: { ...options, runOnce: true } });
    expect(await ledger.job(id)).toMatchObject({ status: 'completed' });
  });
});

describe('a start with handlers that cannot be', () => {
  it('F19 F20 refuses two handlers of one pattern, and names both', async () => {
    class Twice {
      @JobHandler('report:*')
      again(): void {}
    }
    const error = await startError({ providers: [Reports, Twice], kyu: ledger.options() });
    expect(error).toBeInstanceOf(HandlerConflictError);
    expect(error.message).toMatch(/"report:\*" has two handlers: Reports\.any .*Twice\.again/);
  });

  it.each(['*', 'report:*:daily', 'report:**', '*:daily'])('F20 refuses the pattern %s', async (pattern) => {
    class Wrong {
      @JobHandler(pattern)
      run(): void {}
    }
    const error = await startError({ providers: [Wrong], kyu: ledger.options() });
    expect(error).toBeInstanceOf(KyuConfigError);
    expect(error.message).toContain('such a name followed by one * at the end');
  });

  it('F20 an enqueue needs a type, not a pattern', async () => {
    const { kyu } = await startWorker(Reports);
    await expect(kyu.enqueue('report:*', null)).rejects.toMatchObject({
      code: 'KYU_INVALID_JOB',
      field: 'type',
    });
  });
});

describe('a type that nobody handles', () => {
  it('F21 waits, and is told once, in the status and in the health', async () => {
    const { app, options } = await startWorker(Reports);
    const id = await insertBySql(options, 'send_emial');
    const known = await insertBySql(options, 'report:known');
    await eventually(() => {
      expect(app.get(KyuWorkers).status().unhandledTypes).toEqual([
        { queue: options.queueName, type: 'send_emial' },
      ]);
    });
    await eventually(async () => {
      expect(await app.get(HealthReader).workers()).toMatchObject({
        status: 'degraded',
        message: `no handler for send_emial in ${options.queueName}`,
      });
    });
    await ledger.reaches(known, 'completed');
    await insertBySql(options, 'send_emial');
    await insertBySql(options, 'another');
    await eventually(() => expect(app.get(KyuWorkers).status().unhandledTypes).toHaveLength(2));
    const lines = options.logger.lines.filter(({ message }) => message.includes('no living worker handles'));
    expect(lines.map(({ details }) => details?.['types'])).toEqual([['send_emial'], ['another']]);
    expect(await ledger.job(id)).toMatchObject({ status: 'pending', run: 0 });
  });

  it('F21 is none of them while another living worker handles it', async () => {
    class Mailer {
      @JobHandler('mail:*', { concurrency: 1 })
      async send(): Promise<void> {
        await gate.opened;
      }
    }
    const gate = new Gate();
    const { app, options } = await startWorker(Reports);
    await startApp({ providers: [Mailer], kyu: options });
    await insertBySql(options, 'mail:first');
    await insertBySql(options, 'mail:second');
    await insertBySql(options, 'fax');
    await eventually(() => {
      expect(app.get(KyuWorkers).status().unhandledTypes).toEqual([
        { queue: options.queueName, type: 'fax' },
      ]);
    });
    gate.release();
  });
});
