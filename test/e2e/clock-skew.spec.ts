import { JobHandler, KyuProducer } from 'nestjs-kyu';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { startApp } from '../support/kyu-app.js';
import { TestLedger } from '../support/test-ledger.js';

const HOUR_MS = 3_600_000;
const DELAY_MS = 700;

let ledger: TestLedger;

beforeAll(async () => {
  ledger = await TestLedger.open('skew');
});

afterEach(() => void vi.useRealTimers());
afterAll(() => ledger.close());

class Handlers {
  @JobHandler('work')
  work(): string {
    return 'done';
  }
}

describe('a process whose clock is wrong', () => {
  it.each([
    ['ahead', 6 * HOUR_MS],
    ['behind', -6 * HOUR_MS],
  ])('F116 by six hours (%s) runs each job at its time, and holds its lease', async (_, offsetMs) => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + offsetMs });
    const options = ledger.options();
    const app = await startApp({ providers: [Handlers], kyu: options });
    const kyu = app.get(KyuProducer);
    const soon = await kyu.enqueue('work', 'soon', { delay: DELAY_MS });
    const later = await kyu.enqueue('work', 'later', { delay: '1h' });
    const now = await kyu.enqueue('work', 'now');
    await ledger.ends(now.id, 3_000);
    await ledger.ends(soon.id, 5_000);
    const [waited] = await ledger.sql<{ ms: string }>(
      `select extract(epoch from run.started_at - job.created_at) * 1000 as ms
       from kyu_jobs job join kyu_attempts run on run.job_id = job.id where job.id = $1`,
      [soon.id],
    );
    expect(Number(waited?.ms)).toBeGreaterThanOrEqual(DELAY_MS);
    expect(Number(waited?.ms)).toBeLessThan(DELAY_MS + 1_000);
    expect(await ledger.job(later.id)).toMatchObject({ status: 'scheduled', run: 0 });
    const workers = await ledger.sql<{ state: string; lives: boolean }>(
      'select state, lease_expires_at > now() as lives from kyu_workers where $1 = any (queues)',
      [options.queueName],
    );
    expect(workers).toEqual([{ state: 'alive', lives: true }]);
  });
});
