import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { LinePlace } from '../../lib/core/claim-order.js';
import { CLAIM_BY_QUEUE, CLAIM_FURTHER, NO_MATERIAL } from '../support/plans/hot-statements.js';
import { fillWorkers, insertJobs, LIVING_WORKER, QUEUE } from '../support/plans/ledger-filling.js';
import { PlanLab } from '../support/plans/plan-lab.js';

const CLAIM_SIZE = 500;
const CLAIMS_BEFORE = 40;
const PREPARATION_MS = 60_000;
const MOST_BUFFERS_PER_ROW = 50;

/**
 * The oldest trap of a queue in PostgreSQL: while a transaction is held open, no index entry of what was claimed since may
 * be removed, nor be skipped, and each look at the head of the line visits every one of them.
 */
describe('a long line while somebody holds a transaction open', () => {
  let lab: PlanLab;
  let holder: PlanLab;
  let place: LinePlace;

  beforeAll(async () => {
    lab = await PlanLab.open(inject('databaseUrl'));
    await fillWorkers(lab);
    // A third of them has the highest priority, and nine of ten are of this queue.
    const jobs = 4 * (CLAIMS_BEFORE + 4) * CLAIM_SIZE;
    await insertJobs(lab, 0, jobs, { pending: jobs, running: 0, scheduled: 0, failed: 0, dead: 0 });
    await lab.run(`vacuum (analyze) ${lab.book.tables.jobs}`);
    holder = await lab.join();
    await holder.run('begin isolation level repeatable read');
    await holder.run(`select count(*) from ${lab.book.tables.jobs}`);
    await lab.use('planned once');
    place = await claimed(CLAIMS_BEFORE * CLAIM_SIZE);
  }, PREPARATION_MS);

  afterAll(async () => {
    await holder.close();
    await lab.remove();
  });

  /** Claims so many from the head, and answers the place of the last. */
  async function claimed(count: number): Promise<LinePlace> {
    const { text } = lab.book.get(CLAIM_BY_QUEUE.template);
    await lab.run(text, CLAIM_BY_QUEUE.values(count, NO_MATERIAL));
    const [last] = await lab.run(
      `select priority, id from ${lab.book.tables.jobs}
       where queue = $1 and locked_by = $2 order by priority, id desc limit 1`,
      [QUEUE, LIVING_WORKER],
    );
    return last as unknown as LinePlace;
  }

  it('is dear to look at from its head, and costs behind a place what is found there', async () => {
    const head = await lab.explain(CLAIM_BY_QUEUE.template, CLAIM_BY_QUEUE.values(CLAIM_SIZE, NO_MATERIAL));
    const values = CLAIM_FURTHER.values(CLAIM_SIZE, NO_MATERIAL).slice(0, -2);
    const further = await lab.explain(CLAIM_FURTHER.template, [...values, place.priority, place.id]);
    expect([head.rows, further.rows]).toEqual([CLAIM_SIZE, CLAIM_SIZE]);
    expect(further.buffers / further.rows).toBeLessThanOrEqual(MOST_BUFFERS_PER_ROW);
    // Neighbours in the line often share a page of the table.
    expect(head.buffers - further.buffers).toBeGreaterThan((CLAIMS_BEFORE * CLAIM_SIZE) / 4);
  });
});
