import { expect, it } from 'vitest';
import type { Claim } from '../../../lib/core/claim.js';
import type { JobContext } from '../../../lib/core/job-context.js';
import { draftOf } from '../../support/ledger/ledger-stage.js';
import { deferred, settled } from '../../support/worker/claims.js';
import { openPool } from '../../support/worker/open-pool.js';

/** A handler that works until it is told to stop. */
function untilAborted(_payload: unknown, { signal }: JobContext): Promise<void> {
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
}

it('a claim that waits for a slot does not start after the lease was lost', async () => {
  const started: string[] = [];
  const { clock, ledger, pool } = openPool(
    (payload, job) => {
      started.push(job.id);
      return untilAborted(payload, job);
    },
    { beat: () => Promise.reject(new Error('the ledger is away')) },
  );
  const [running, waiting] = [draftOf(), draftOf()];
  await ledger.intake.insert([running, waiting]);
  await pool.start();
  await settled();
  expect(started).toEqual([running.id]);
  expect(pool.inFlight).toBe(2);
  clock.advance(9_000);
  await settled();
  expect(pool.workerId).toBeUndefined();
  expect(started).toEqual([running.id]);
  expect(pool.inFlight).toBe(0);
  const found = await ledger.inspection.find(waiting.id);
  expect(found).toMatchObject({ status: 'pending', retryCount: 0 });
});

it('a claim whose reply lay before a frozen process does not start when it is thawed', async () => {
  const started: string[] = [];
  const reply = deferred<void>();
  const { clock, ledger, pool } = openPool((_payload, job) => void started.push(job.id), {
    claimed: async (claims: Claim[]) => {
      if (claims.length > 0) await reply.promise;
      return claims;
    },
  });
  const job = draftOf();
  await ledger.intake.insert([job]);
  await pool.start();
  await settled();
  clock.skip(20_000);
  reply.resolve();
  await settled();
  expect(started).toEqual([]);
  expect(await ledger.inspection.find(job.id)).toMatchObject({ status: 'pending', retryCount: 0 });
});

it('a job that was to run alone does not start after a freeze, and its process takes jobs again', async () => {
  const started: string[] = [];
  const { clock, ledger, pool } = openPool((_payload, job) => void started.push(`run ${job.run}`), {
    claimed: async (claims: Claim[]) => claims.map((claim) => ({ ...claim, crashCount: 2 })),
  });
  const job = draftOf();
  await ledger.intake.insert([job]);
  await pool.start();
  await settled();
  expect(pool.inFlight).toBe(1);
  clock.skip(20_000);
  clock.advance(0);
  await settled();
  expect(started).toEqual([]);
  expect(await ledger.inspection.find(job.id)).toMatchObject({ status: 'pending', retryCount: 0, run: 1 });
  for (let turn = 0; turn < 20 && started.length === 0; turn += 1) {
    clock.advance(500);
    await settled();
  }
  expect(started).toEqual(['run 2']);
});
