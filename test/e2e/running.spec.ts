import type { INestApplicationContext } from '@nestjs/common';
import {
  DiscardJob,
  JobHandler,
  JobTimeoutError,
  KyuProducer,
  RetryJob,
  SnoozeJob,
  type EnqueueOptions,
  type JobContext,
} from 'nestjs-kyu';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.js';
import { Gate } from '../support/gate.js';
import { closeOnce, openApp } from '../support/kyu-app.js';
import { TestLedger, type InstanceOptions } from '../support/test-ledger.js';

const hostile = Object.defineProperty({}, 'toJSON', { get: () => raise('not even this') });
const cycle: { self?: unknown } = {};
cycle.self = cycle;

/** What each handler throws, and what the ledger keeps of it. */
const THROWN: Record<string, [thrown: unknown, kept: string]> = {
  'an error': [new Error('out of paper'), 'out of paper'],
  'an error of a class': [new TypeError('no function'), 'TypeError: no function'],
  'an error without a message': [new RangeError(), 'RangeError'],
  text: ['just text', 'just text'],
  'an empty text': ['', 'an empty text was thrown'],
  'a number': [42, 'thrown: 42'],
  undefined: [undefined, 'thrown: undefined'],
  null: [null, 'thrown: null'],
  'an object': [{ code: 7 }, 'thrown: {"code":7}'],
  'a symbol': [Symbol('odd'), 'thrown: Symbol(odd)'],
  'an object that cannot be read': [hostile, 'thrown: [object Object]'],
  'text that PostgreSQL cannot hold': [new Error(`a${String.fromCharCode(0, 0xd800)}b`), 'a��b'],
};

const aborted = new Map<string, unknown>();
const ended: string[] = [];
const late = { returns: new Gate(), throws: new Gate() };

class Handlers {
  @JobHandler('throws')
  async throws(payload: string): Promise<void> {
    await Promise.resolve();
    throw THROWN[payload]?.[0];
  }

  @JobHandler('rejects')
  rejects(payload: string): Promise<void> {
    // eslint-disable-next-line typescript/prefer-promise-reject-errors -- that is what is tested
    return Promise.reject(THROWN[payload]?.[0]);
  }

  @JobHandler('throws_at_once')
  throwsAtOnce(payload: string): void {
    throw THROWN[payload]?.[0];
  }

  @JobHandler('never_ends', { timeout: '150ms' })
  neverEnds(_payload: unknown, { id, signal }: JobContext): Promise<void> {
    signal.addEventListener('abort', () => aborted.set(id, signal.reason));
    return new Promise(() => {});
  }

  @JobHandler('ends_late', { timeout: '100ms' })
  async endsLate(how: keyof typeof late, job: JobContext): Promise<string> {
    await new Promise((resolve) => job.signal.addEventListener('abort', resolve));
    await late[how].opened;
    ended.push(job.id);
    if (how === 'throws') throw new Error('too late');
    return 'too late';
  }

  @JobHandler('blind', { timeout: '100ms' })
  blind(): Promise<void> {
    return new Promise(() => {});
  }

  @JobHandler('unlimited')
  unlimited(): Promise<void> {
    return new Promise(() => {});
  }

  @JobHandler('discards', { maxRetries: 5 })
  discards(): void {
    throw new DiscardJob('no such address', { cause: new Error('550') });
  }

  @JobHandler('snoozes', { maxRetries: 1 })
  snoozes(delay: string | number, job: JobContext): string {
    if (job.run <= 3) throw new SnoozeJob(delay);
    return `attempt ${job.attempt}`;
  }

  @JobHandler('asks_for_a_retry', { maxRetries: 1, backoff: { base: '1h' } })
  asksForRetry(_payload: unknown, job: JobContext): string {
    if (job.attempt === 1) throw new RetryJob('100ms', new Error('busy'));
    return 'second time lucky';
  }

  @JobHandler('fails', { maxRetries: 3, backoff: { base: '100ms' } })
  fails(_payload: unknown, job: JobContext): void {
    throw new Error(`failure ${job.attempt} of ${job.maxAttempts} in run ${job.run}`);
  }

  @JobHandler('recovers', { maxRetries: 2 })
  recovers(_payload: unknown, job: JobContext): string {
    if (job.attempt < 3) throw new Error(`not yet (${job.attempt})`);
    return 'done';
  }

  @JobHandler('returns')
  returns(payload: string): unknown {
    return RESULTS[payload]?.[0];
  }

  @JobHandler('leaks')
  leaks(): void {
    throw new Error('cannot connect to postgres://shop:canary-5ecret@db/shop', {
      cause: new Error('password=canary-5ecret'),
    });
  }
}

/** What a handler returns, and what the ledger keeps of it. */
const RESULTS: Record<string, [returned: unknown, kept: unknown]> = {
  'an object': [
    { id: 7, at: new Date(0), list: [1, 'ü'] },
    { id: 7, at: '1970-01-01T00:00:00.000Z', list: [1, 'ü'] },
  ],
  'a promise': [Promise.resolve('later'), 'later'],
  false: [false, false],
  zero: [0, 0],
  'an empty text': ['', ''],
  nothing: [undefined, null],
  null: [null, null],
  'a BigInt': [{ total: 1n }, noted('result.total is a BigInt')],
  'a cycle': [cycle, noted('result.self contains itself')],
  'a function': [() => 1, noted('result is a function')],
  'too much': ['x'.repeat(300_000), noted('300002 bytes')],
};

function noted(reason: string): unknown {
  return { kyu: 'the result was not stored', reason: expect.stringContaining(reason) };
}

function raise(message: string): never {
  throw new Error(message);
}

let ledger: TestLedger;
let app: INestApplicationContext;
let options: InstanceOptions;

beforeAll(async () => {
  ledger = await TestLedger.open('running');
  options = ledger.options({
    workers: 20,
    staleJobTimeout: '400ms',
    defaults: { maxRetries: 0, timeout: '5s', backoff: { base: '50ms', jitter: 0 } },
  });
  app = await openApp({ providers: [Handlers], kyu: options });
});

afterAll(async () => {
  await closeOnce(app);
  await ledger.close();
});

async function runToEnd(type: string, payload: unknown = null, enqueueOptions?: EnqueueOptions) {
  const { id } = await app.get(KyuProducer).enqueue(type, payload, enqueueOptions);
  const job = await ledger.ends(id);
  return { id, job, runs: await ledger.attempts(id) };
}

describe('a run that fails', () => {
  it.each(['throws', 'rejects', 'throws_at_once'])(
    'F29 is settled, whatever it throws (%s)',
    async (type) => {
      for (const [name, [thrown, kept]] of Object.entries(THROWN)) {
        const { job, runs } = await runToEnd(type, name);
        expect(job, name).toMatchObject({ status: 'dead', run: 1, retry_count: 0, locked_by: null });
        expect(job.error_message, name).toBe(kept);
        expect(runs, name).toMatchObject([{ run: 1, attempt: 1, outcome: 'failed', error_message: kept }]);
        if (thrown instanceof Error) expect(runs[0]?.error_stack).toContain('running.spec');
        else expect(runs[0]?.error_stack, name).toBeNull();
      }
    },
  );

  it('keeps no password, neither in the ledger nor in the log', async () => {
    const { job, runs } = await runToEnd('leaks');
    expect(job.error_message).toContain('postgres://shop:***@db/shop');
    const line = await eventually(() => {
      const found = options.logger.lines.find(({ message }) => message.includes(job.id));
      if (found === undefined) throw new Error('nothing is logged yet');
      return found;
    });
    expect(line.level).toBe('error');
    expect(inspect([job, runs, options.logger.lines], { depth: Infinity })).not.toContain('canary-5ecret');
  });

  it('F44 is tried again after 1, 2, 4 times the base, and the job is dead after the last', async () => {
    const { job, runs } = await runToEnd('fails');
    expect(job).toMatchObject({ status: 'dead', run: 4, retry_count: 3, max_retries: 3 });
    expect(job.completed_at).not.toBeNull();
    expect(job.error_message).toBe('failure 4 of 4 in run 4');
    expect(
      runs.map(({ run, attempt, outcome, error_message }) => [run, attempt, outcome, error_message]),
    ).toEqual(
      [1, 2, 3, 4].map((number) => [number, number, 'failed', `failure ${number} of 4 in run ${number}`]),
    );
    const pausesMs = runs
      .slice(1)
      .map((run, index) => Number(run.started_at) - Number(runs[index]?.finished_at));
    for (const [index, plannedMs] of [100, 200, 400].entries()) {
      expect(pausesMs[index]).toBeGreaterThanOrEqual(plannedMs);
      expect(pausesMs[index]).toBeLessThan(plannedMs + 1_000);
    }
  });

  it('F45 keeps the error of every attempt when a later run completes', async () => {
    const { job, runs } = await runToEnd('recovers');
    expect(job).toMatchObject({ status: 'completed', result: 'done', run: 3, retry_count: 2 });
    expect(runs.map(({ attempt, outcome, error_message }) => [attempt, outcome, error_message])).toEqual([
      [1, 'failed', 'not yet (1)'],
      [2, 'failed', 'not yet (2)'],
      [3, 'completed', null],
    ]);
    expect(new Set(runs.map(({ worker_id }) => worker_id)).size).toBe(1);
  });
});

describe('a run that does not end', () => {
  it('F26 is ended by its time limit, and its signal says why', async () => {
    const { id, job, runs } = await runToEnd('never_ends');
    expect(job).toMatchObject({ status: 'dead', error_message: expect.stringContaining('within 150 ms') });
    expect(runs).toMatchObject([{ outcome: 'timed-out' }]);
    expect(aborted.get(id)).toBeInstanceOf(JobTimeoutError);
    expect(aborted.get(id)).toMatchObject({ code: 'KYU_JOB_TIMEOUT', jobId: id });
    const tookMs = Number(runs[0]?.finished_at) - Number(runs[0]?.started_at);
    expect(tookMs).toBeGreaterThanOrEqual(149); // the columns are cut down to ms here
    expect(tookMs).toBeLessThan(1_150);
  });

  it('is ended as well when nobody looks at the signal', async () => {
    expect((await runToEnd('blind')).job).toMatchObject({ status: 'dead' });
  });

  it('F11 may have its limit from the job', async () => {
    const { job } = await runToEnd('blind', null, { timeout: '60ms' });
    expect(job.error_message).toContain('within 60 ms');
  });

  it('is ended by staleJobTimeout when it has no limit', async () => {
    const { job } = await runToEnd('unlimited', null, { timeout: 0 });
    expect(job.error_message).toContain('within 400 ms');
  });

  it.each(['returns', 'throws'] as const)('changes nothing when it %s after all', async (how) => {
    const { id, job } = await runToEnd('ends_late', how, { maxRetries: 0 });
    late[how].release(); // the ledger has its end already
    await eventually(() => expect(ended).toContain(id));
    const told = () =>
      options.logger.lines.filter(({ message }) => message.includes(`${id} (ends_late) went on`));
    // A failure that nobody would hear of is logged.
    await eventually(() => expect(told()).toHaveLength(how === 'throws' ? 1 : 0));
    expect(await ledger.job(id)).toEqual(job);
    expect(job).toMatchObject({ status: 'dead', result: null });
    expect(await ledger.attempts(id)).toHaveLength(1);
  });
});

describe('a handler that says what is to happen', () => {
  it('F41 discards: dead at once, whatever attempts are left', async () => {
    const { job, runs } = await runToEnd('discards');
    expect(job).toMatchObject({ status: 'dead', run: 1, retry_count: 0, max_retries: 5 });
    expect(job.error_message).toContain('no such address');
    expect(runs).toMatchObject([{ outcome: 'discarded' }]);
  });

  it.each([['50ms'], [0]])('F42 snoozes (%s): later, no attempt used, no error kept', async (delay) => {
    const { job, runs } = await runToEnd('snoozes', delay);
    expect(job).toMatchObject({ status: 'completed', result: 'attempt 1', run: 4, retry_count: 0 });
    expect(job.error_message).toBeNull();
    expect(
      runs.map(({ run, attempt, outcome, error_message }) => [run, attempt, outcome, error_message]),
    ).toEqual([
      [1, 1, 'snoozed', null],
      [2, 1, 'snoozed', null],
      [3, 1, 'snoozed', null],
      [4, 1, 'completed', null],
    ]);
  });

  it('F43 asks for a retry: after its own delay, an attempt used, the error kept', async () => {
    const { job, runs } = await runToEnd('asks_for_a_retry');
    expect(job).toMatchObject({ status: 'completed', run: 2, retry_count: 1, result: 'second time lucky' });
    expect(runs.map(({ attempt, outcome }) => [attempt, outcome])).toEqual([
      [1, 'retry-after'],
      [2, 'completed'],
    ]);
    expect(runs[0]?.error_message).toContain('busy');
    const pauseMs = Number(runs[1]?.started_at) - Number(runs[0]?.finished_at);
    expect(pauseMs).toBeGreaterThanOrEqual(100);
    expect(pauseMs).toBeLessThan(1_100);
  });
});

describe('the result', () => {
  it.each(Object.entries(RESULTS))('%s', async (name, [, kept]) => {
    const { job, runs } = await runToEnd('returns', name);
    expect(job).toMatchObject({ status: 'completed', error_message: null });
    expect(job.result).toEqual(kept);
    expect(runs).toMatchObject([{ outcome: 'completed', error_message: null }]);
  });
});
