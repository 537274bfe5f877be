import { expect, it } from 'vitest';
import { draftOf } from '../../support/ledger/ledger-stage.js';
import { settled } from '../../support/worker/claims.js';
import { openPool } from '../../support/worker/open-pool.js';

it('F79 a claim that waits for a slot is cancelled without its handler', async () => {
  const started: string[] = [];
  const { clock, ledger, pool } = openPool((_payload, job) => {
    started.push(job.id);
    return new Promise(() => {});
  });
  const drafts = [draftOf(), draftOf()];
  await ledger.intake.insert(drafts);
  await pool.start();
  await settled();
  const [running, waiting] = drafts.map(({ id }) => id);
  expect(started).toEqual([running]);
  expect(pool.inFlight).toBe(2);
  await ledger.inspection.cancel(waiting ?? '', 'not needed');
  clock.advance(1_000);
  await settled();
  expect(await ledger.inspection.find(waiting ?? '')).toMatchObject({
    status: 'cancelled',
    errorMessage: 'not needed',
    run: 1,
  });
  expect(started).toEqual([running]);
  expect(pool.inFlight).toBe(1);
});
