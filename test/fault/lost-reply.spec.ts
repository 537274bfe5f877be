import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { paced } from '../support/fair-trial.js';
import { Laboratory } from '../support/fault/laboratory.js';
import { FaultProxy } from '../support/fault/proxy/fault-proxy.js';
import { replyTo } from '../support/fault/proxy/postgres-replies.js';
import type { JobOrder } from '../support/fault/process-messages.js';

const LONGEST_RECOVERY_MS = 12_000;
const JOBS: JobOrder[] = Array.from({ length: 5 }, () => ({ type: 'noop' }));

/** The outcome of a statement is unknown when its reply is lost: it must not matter. */
describe('a reply of PostgreSQL that is lost after the commit', () => {
  let laboratory: Laboratory;
  let proxy: FaultProxy;

  beforeAll(async () => {
    laboratory = await Laboratory.open();
  });

  beforeEach(async () => {
    proxy = await FaultProxy.open(laboratory.postgres.port);
  });

  afterEach(() => proxy.close());
  afterAll(() => laboratory.close());

  it.each(['claim-jobs-by-id', 'claim-jobs-by-queue'])(
    'of %s: the jobs run all the same',
    async (statement) => {
      await using round = await laboratory.round();
      const { fleet } = round;
      const redis = statement === 'claim-jobs-by-id' ? {} : { redis: false as const };
      const dsn = proxy.through(laboratory.postgres.url);
      const [producer] = await Promise.all([fleet.startProducer(), fleet.startWorker({ dsn, ...redis })]);
      const lost = proxy.loseReply(replyTo(statement));
      await producer.enqueue(JOBS);
      await lost;
      const lostAt = performance.now();
      await round.drained(paced(LONGEST_RECOVERY_MS));
      console.log(
        `Reply of ${statement} lost: the jobs are done after ${Math.round(performance.now() - lostAt)} ms.`,
      );
      const { counts, findings } = await round.judge();
      expect(findings).toEqual([]);
      expect(counts.completed).toBe(JOBS.length);
    },
  );

  it.each([
    ['complete-runs', 'noop', 1],
    ['settle-runs', 'fail_once', 2],
  ] as const)('of %s: the jobs are completed once', async (statement, type, runsOfEach) => {
    await using round = await laboratory.round();
    const { fleet } = round;
    const dsn = proxy.through(laboratory.postgres.url);
    const [producer] = await Promise.all([fleet.startProducer(), fleet.startWorker({ dsn })]);
    const lost = proxy.loseReply(replyTo(statement));
    await producer.enqueue(JOBS.map(() => ({ type })));
    await lost;
    await round.drained(paced(LONGEST_RECOVERY_MS));
    const { counts, findings } = await round.judge();
    expect(findings).toEqual([]);
    expect(counts).toMatchObject({ completed: JOBS.length, runs: JOBS.length * runsOfEach });
  });
});
