import { KyuProducer } from 'nestjs-kyu';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startProcess } from '../support/child-process.js';
import { startApp } from '../support/kyu-app.js';
import { TestLedger } from '../support/test-ledger.js';

let ledger: TestLedger;

beforeAll(async () => {
  ledger = await TestLedger.open('process');
});

afterAll(() => ledger.close());

it('a promise that rejects below a handler, and that nobody waits for, fails the run and not the process', async () => {
  const { logger, ...kyu } = ledger.options();
  const producer = await startApp({ kyu: { ...kyu, logger, role: 'producer' } });
  const worker = await startProcess('worker', { kyu });
  await worker.says('ready');
  const stray = await producer.get(KyuProducer).enqueue('stray', null, { maxRetries: 0 });
  const job = await ledger.ends(stray.id);
  expect(job).toMatchObject({ status: 'dead', error_message: 'nobody caught me' });
  const runs = await ledger.attempts(stray.id);
  expect(runs).toMatchObject([{ outcome: 'failed', error_message: 'nobody caught me' }]);
  expect(runs[0]?.error_stack).toContain('handlers.');

  const { id } = await producer.get(KyuProducer).enqueue('quick', 'still there');
  await worker.says('quick "still there"');
  await ledger.reaches(id, 'completed');
  expect((await ledger.attempts(id))[0]?.worker_id).toBe(runs[0]?.worker_id);
});
