import type { INestApplicationContext } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { JobHandler, KyuAdmin, KyuProducer, type JobContext } from 'nestjs-kyu';
import { KyuTestbed, KyuTestingModule } from 'nestjs-kyu/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HOSTILE_ERRORS, HOSTILE_RESULTS } from '../support/hostile/hostile-values.js';
import { closeOnce, openApp } from '../support/kyu-app.js';
import { TestLedger } from '../support/test-ledger.js';
import { SILENT } from '../support/testing/mail-module.js';

const errors = Object.keys(HOSTILE_ERRORS);
const results = Object.keys(HOSTILE_RESULTS);
const noRetry = { maxRetries: 0 };

class Handlers {
  @JobHandler('throws_hostile', { maxRetries: 0 })
  throwsHostile(name: string): void {
    throw HOSTILE_ERRORS[name];
  }

  @JobHandler('rejects_hostile', { maxRetries: 0, errors: [{ error: 'Unheard', discard: true }] })
  async rejectsHostile(name: string): Promise<void> {
    throw HOSTILE_ERRORS[name];
  }

  @JobHandler('returns_hostile', { maxRetries: 0 })
  returnsHostile(name: string): unknown {
    return HOSTILE_RESULTS[name];
  }

  @JobHandler('says_hostile', { maxRetries: 0 })
  async saysHostile(_payload: unknown, job: JobContext): Promise<void> {
    for (const value of [...Object.values(HOSTILE_ERRORS), ...Object.values(HOSTILE_RESULTS)]) {
      job.log('%s %j', value, value);
      if (typeof value === 'string') job.log(value);
    }
    await job.progress(50, 'a\u0000b\ud800');
    await job.progress(60, 'x'.repeat(1_000_000));
  }

  @JobHandler('innocent')
  innocent(): string {
    return 'fine';
  }
}

/** One of the two ledgers: runs a job to its end, and answers what became of it. */
interface Stage {
  run(type: string, payload: unknown): Promise<{ status: string; error: string | null }>;
}

function describeContent(name: string, stageOf: () => Stage): void {
  describe(`a handler over ${name}`, () => {
    const endOf = (type: string, payload: unknown = null) => stageOf().run(type, payload);

    it.each(errors)('that throws %s has failed, and nothing else has', async (payload) => {
      for (const type of ['throws_hostile', 'rejects_hostile']) {
        const { error, status } = await endOf(type, payload);
        expect(status).toBe('dead');
        expect(error?.length).toBeGreaterThan(0);
        expect(error?.length).toBeLessThanOrEqual(4_096);
        expect(error?.includes('\u0000')).toBe(false);
        expect(error?.isWellFormed()).toBe(true);
      }
      expect(await endOf('innocent')).toEqual({ status: 'completed', error: null });
    });

    it.each(results)('that returns %s has ended', async (payload) => {
      const { status } = await endOf('returns_hostile', payload);
      expect(['completed', 'dead']).toContain(status);
      expect(await endOf('innocent')).toEqual({ status: 'completed', error: null });
    });

    it('may log and report whatever it likes', async () => {
      expect(await endOf('says_hostile')).toEqual({ status: 'completed', error: null });
    });
  });
}

let ledger: TestLedger;
let app: INestApplicationContext;
let rejections: unknown[];
const collect = (reason: unknown): void => void rejections.push(reason);

beforeAll(async () => {
  rejections = [];
  process.on('unhandledRejection', collect);
  ledger = await TestLedger.open('content');
  app = await openApp({ providers: [Handlers], kyu: ledger.options({ workers: 4, defaults: noRetry }) });
});

afterAll(async () => {
  process.off('unhandledRejection', collect);
  await closeOnce(app);
  await ledger.close();
  expect(rejections).toEqual([]);
});

describeContent('PostgreSQL', () => ({
  run: async (type, payload) => {
    const { id } = await app.get(KyuProducer).enqueue(type, payload);
    const { error_message: error, status } = await ledger.ends(id, 5_000);
    return { status, error };
  },
}));

let memory: INestApplicationContext;

beforeAll(async () => {
  memory = await Test.createTestingModule({
    imports: [KyuTestingModule.forRoot({ defaults: noRetry })],
    providers: [Handlers],
  })
    .setLogger(SILENT)
    .compile();
});

afterAll(() => memory.close());

describeContent('the memory of the test kit', () => ({
  run: async (type, payload) => {
    const { id } = await memory.get(KyuProducer).enqueue(type, payload);
    await memory.get(KyuTestbed).drain();
    const { errorMessage: error, status } = await memory.get(KyuAdmin).get(id);
    return { status, error };
  },
}));
