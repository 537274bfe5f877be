import type { DataSource } from 'typeorm';
import { describe, expect, it } from 'vitest';
import { openFirstConnection } from '../../../lib/ledger/first-connection.js';
import { ManualClock } from '../../support/observability/manual-clock.js';

const slow = new Error('Connection terminated due to connection timeout');
const starting = Object.assign(new Error('the database system is starting up'), { code: '57P03' });
const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
const unknownUser = Object.assign(new Error('password authentication failed'), { code: '28P01' });

/** A pool whose attempts fail like this, in turn, and succeed afterwards; each takes its time. */
class Source {
  attempts = 0;
  disconnected = 0;
  readonly driver: { master?: object; disconnect: () => Promise<void> } = {
    disconnect: async () => {
      this.disconnected += 1;
      delete this.driver.master;
    },
  };

  constructor(
    private readonly clock: ManualClock,
    private readonly failures: readonly Error[],
    private readonly takesMs = 5_000,
  ) {}

  async initialize(): Promise<void> {
    this.clock.skip(this.takesMs);
    const failure = this.failures[this.attempts];
    this.attempts += 1;
    if (failure === undefined) return;
    if (failure === slow) this.driver.master = {};
    throw failure;
  }
}

/** Lets the pauses pass until the opening has come to its end. */
async function open(source: Source, clock: ManualClock): Promise<void> {
  const progress = { isOver: false };
  const opening = openFirstConnection(source as unknown as DataSource, clock).finally(
    () => (progress.isOver = true),
  );
  opening.catch(() => {});
  while (!progress.isOver) {
    clock.advance(100);
    await new Promise(setImmediate);
  }
  return opening;
}

describe('the first connection to PostgreSQL', () => {
  const clock = new ManualClock();

  it.each([refused, unknownUser])('fails at once where the answer is certain: %s', async (failure) => {
    const source = new Source(clock, [failure, failure]);
    await expect(open(source, clock)).rejects.toBe(failure);
    expect(source.attempts).toBe(1);
  });

  it.each([slow, starting])('is tried again where there may be an answer soon: %s', async (failure) => {
    const source = new Source(clock, [failure, failure]);
    await open(source, clock);
    expect(source.attempts).toBe(3);
    expect(clock.timers).toBe(0);
  });

  it('is given up when the server has had its time', async () => {
    const startedAt = clock.monotonicMs();
    const source = new Source(
      clock,
      Array.from({ length: 10 }, () => slow),
    );
    await expect(open(source, clock)).rejects.toBe(slow);
    expect(source.attempts).toBe(3);
    expect(clock.monotonicMs() - startedAt).toBeLessThanOrEqual(20_000);
  });

  it('leaves no pool behind that was opened by half', async () => {
    const source = new Source(clock, [slow, slow]);
    await open(source, clock);
    expect(source.disconnected).toBe(2);
  });
});
