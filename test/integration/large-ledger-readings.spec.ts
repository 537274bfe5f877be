import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { findStepEnd } from '../../lib/ledger/statements/find-step-end.sql.js';
import { listJobs } from '../../lib/ledger/statements/list-jobs.sql.js';
import { listQueuesInUse } from '../../lib/ledger/statements/list-queues-in-use.sql.js';
import { listQueuesOfEndedJobs } from '../../lib/ledger/statements/list-queues-of-ended-jobs.sql.js';
import { readCompleted } from '../../lib/ledger/statements/read-completed.sql.js';
import { readEnqueued } from '../../lib/ledger/statements/read-enqueued.sql.js';
import { readFailed } from '../../lib/ledger/statements/read-failed.sql.js';
import { readJobGroups } from '../../lib/ledger/statements/read-job-groups.sql.js';
import { readQueueDepths } from '../../lib/ledger/statements/read-queue-depths.sql.js';
import { readStandingCounts } from '../../lib/ledger/statements/read-standing-counts.sql.js';
import type { StatementTemplate } from '../../lib/ledger/statement.js';
import { PlanLab } from '../support/plans/plan-lab.js';

const JOBS = 40_000;
const WEEK_MS = 604_800_000;
const FIRST_ID = '00000000-0000-0000-0000-000000000000';

let lab: PlanLab;

/**
 * A week of work in rows as wide as life's: a reading that looks at each of them costs some 3,000 pages in order, and
 * as many as there are rows out of order.
 */
beforeAll(async () => {
  lab = await PlanLab.open(inject('databaseUrl'));
  const { jobs, attempts } = lab.book.tables;
  await lab.run(
    `insert into ${jobs} (id, queue, job_type, payload, max_retries, status, run, created_at, updated_at, scheduled_at, completed_at)
     select (lpad(to_hex((extract(epoch from made) * 1000)::bigint), 12, '0') || '7' || lpad(to_hex(number), 19, '0'))::uuid,
       case when number % 4 = 0 then 'reports' else 'shop' end, 'type-' || number % 5,
       jsonb_build_object('user', jsonb_build_object('id', number % 1000), 'text', repeat('x', 400)), 3, status, 1, made, made,
       case when status in ('scheduled', 'failed') then now() + number * interval '1 second' end,
       case when status in ('completed', 'dead', 'cancelled') then made end
     from (
       select number, now() - (1 - number::float8 / $1) * interval '6 days 23 hours' as made,
         case number % 20 when 0 then 'scheduled' when 1 then 'failed' when 2 then 'dead' when 3 then 'cancelled'
           when 4 then 'pending' else 'completed' end as status
       from generate_series(1, $1::integer) as number
     ) job`,
    [JOBS],
  );
  await lab.run(
    `insert into ${attempts} (job_id, run, attempt, worker_id, started_at, finished_at, outcome, error_message)
     select id, 1, 1, gen_random_uuid(), created_at, created_at,
       case when status in ('dead', 'failed') then 'failed' else 'completed' end, 'Error: no'
     from ${jobs} where status in ('completed', 'dead', 'failed')`,
  );
  await lab.run(`vacuum (analyze) ${jobs}`);
  await lab.run(`vacuum (analyze) ${attempts}`);
  await lab.use('planned at each call');
}, 120_000);

afterAll(() => lab.remove());

async function costOf(template: StatementTemplate, values: readonly unknown[]) {
  await lab.explain(template, values);
  const { sequentialScans, indexes, buffers } = await lab.explain(template, values);
  return {
    sequentialScans: sequentialScans.filter((table) => table === 'kyu_jobs' || table === 'kyu_attempts'),
    indexes,
    buffers,
  };
}

describe('a reading of a large ledger', () => {
  // Sixty parts, a sample of 300 rows; what is beyond it is counted in the index alone.
  const window = [WEEK_MS, 60, 300, 20_000];

  it.each([
    ['read-enqueued', readEnqueued, window, 'kyu_jobs_pkey', 1_500],
    ['read-completed', readCompleted, window, 'kyu_jobs_finished', 3_000],
    ['read-failed', readFailed, window, 'kyu_attempts_failed', 2_500],
    ['read-standing-counts', readStandingCounts, [200], 'kyu_jobs_due', 3_500],
    ['read-job-groups', readJobGroups, [100, 50], 'kyu_jobs_due', 1_500],
    ['read-queue-depths', readQueueDepths, [['shop', 'reports'], 50, 20], 'kyu_jobs_ready', 1_500],
  ] as const)(
    'F85 %s goes along its index, and no further than its limit',
    async (_, template, values, index, most) => {
      const cost = await costOf(template, values);
      expect(cost.sequentialScans).toEqual([]);
      expect(cost.indexes).toContain(index);
      expect(cost.buffers).toBeLessThanOrEqual(most);
    },
  );

  it('F85 costs the same for a status of which there are many', async () => {
    const few = await costOf(readStandingCounts, [100]);
    const many = await costOf(readStandingCounts, [1_000]);
    // All that differs is the limit: whatever is not bounded by it would cost the same in both.
    expect(few.buffers).toBeLessThan(many.buffers / 2);
  });

  it('F85 estimates what is many by what PostgreSQL knows, within a tenth', async () => {
    const { text } = lab.book.get(readStandingCounts);
    const [row] = await lab.run(text, [100]);
    const analysed = row?.['analysed'] as Record<string, number>;
    expect(analysed['completed']).toBeGreaterThan(JOBS * 0.75 * 0.9);
    expect(analysed['completed']).toBeLessThan(JOBS * 0.75 * 1.1);
  });

  it('F85 estimates a queue from a sample of pages, the same one each time', async () => {
    const { text } = lab.book.get(readQueueDepths);
    const read = () => lab.run(text, [['shop'], 50, 500]);
    const [row] = await read();
    const estimates = row?.['estimates'] as Record<string, number> | undefined;
    const dead = estimates?.['dead'];
    expect(dead).toBeGreaterThan((JOBS / 20) * 0.6);
    expect(dead).toBeLessThan((JOBS / 20) * 1.4);
    expect((await read())[0]?.['estimates']).toEqual(row?.['estimates']);
  });

  const ofStatus = (rows: readonly Record<string, unknown>[], wanted: string): number =>
    rows.reduce((sum, { status, count }) => sum + (status === wanted ? Number(count) : 0), 0);

  it('F85 counts everything to its end where the table is no larger than the sample', async () => {
    const rows = await lab.run(lab.book.get(readJobGroups).text, [100, 1_000_000]);
    expect(rows.every(({ cut }) => (cut as string[]).length === 0)).toBe(true);
    expect(rows.reduce((sum, { count }) => sum + Number(count), 0)).toBe(JOBS);
    const [few] = await lab.run(`select count(*) from ${lab.book.tables.jobs} where status = 'dead'`);
    expect(ofStatus(rows, 'dead')).toBe(Number(few?.['count']));
  });

  it('F85 takes what is many from a sample, the same one each time, and counts what is few', async () => {
    const { text } = lab.book.get(readJobGroups);
    const rows = await lab.run(text, [2_500, 500]);
    // 2,000 are dead, as many pending, 4,000 wait, and nothing runs.
    expect(new Set(rows[0]?.['cut'] as string[])).toEqual(new Set(['ended', 'waiting']));
    expect([ofStatus(rows, 'dead'), ofStatus(rows, 'pending')]).toEqual([JOBS / 20, JOBS / 20]);
    for (const [status, share] of [
      ['completed', 0.75],
      ['scheduled', 0.05],
    ] as const) {
      expect(ofStatus(rows, status)).toBeGreaterThan(JOBS * share * 0.7);
      expect(ofStatus(rows, status)).toBeLessThan(JOBS * share * 1.3);
    }
    expect(await lab.run(text, [2_500, 500])).toEqual(rows);
  });

  it('F97 finds the queues in use by one descent for each, and those of ended jobs by reading the table', async () => {
    const inUse = await costOf(listQueuesInUse, []);
    expect(inUse.sequentialScans).toEqual([]);
    expect(inUse.buffers).toBeLessThan(100);
    const { jobs } = lab.book.tables;
    const few = `where id in (select id from ${jobs} where status = 'completed' order by id limit 3)`;
    await lab.run(`update ${jobs} set queue = 'quiet' ${few}`);
    const queuesBy = async (template: StatementTemplate): Promise<string[]> =>
      (await lab.run(lab.book.get(template).text)).map(({ queue }) => String(queue)).sort();
    expect(await queuesBy(listQueuesInUse)).toEqual(['reports', 'shop']);
    expect(await queuesBy(listQueuesOfEndedJobs)).toEqual(['quiet', 'reports', 'shop']);
    // The reason for all this: a sample does not show it.
    const sampled = await lab.run(lab.book.get(readJobGroups).text, [100, 50]);
    expect(sampled.map(({ queue }) => queue)).not.toContain('quiet');
    await lab.run(`update ${jobs} set queue = 'shop' where queue = 'quiet'`);
  });

  it('F85 costs no more for all jobs than the limits say', async () => {
    const few = await costOf(readJobGroups, [100, 50]);
    const many = await costOf(readJobGroups, [1_000, 500]);
    expect(few.buffers).toBeLessThan(many.buffers / 2);
  });
});

describe('a step of a walk', () => {
  const shape = { sort: 'created', order: 'desc', archived: false } as const;
  const filter = { payload: [{ path: ['user', 'id'], values: [4_242] }] };

  beforeAll(() => lab.set({ enable_seqscan: 'off', enable_bitmapscan: 'off' }));

  it('F78 finds its end in the index', async () => {
    const cost = await costOf(findStepEnd({ ...shape, goesOn: false }), [2_000]);
    expect(cost).toMatchObject({ sequentialScans: [], indexes: ['kyu_jobs_pkey'] });
    expect(cost.buffers).toBeLessThan(50);
  });

  it('F78 looks at its own jobs and at no other, whatever is searched for', async () => {
    const list = listJobs({ ...shape, columns: 'summaries', goesOn: false, stops: true });
    const { text } = lab.book.get(findStepEnd({ ...shape, goesOn: false }));
    const [end] = await lab.run(text, [2_000]);
    const step = list.bind([50, end?.['id']], filter);
    const whole = list.bind([50, FIRST_ID], filter);
    const cost = await costOf(step.template, step.values);
    expect(cost).toMatchObject({ sequentialScans: [], indexes: ['kyu_jobs_pkey'] });
    expect(cost.buffers).toBeLessThan(600);
    expect((await costOf(whole.template, whole.values)).buffers).toBeGreaterThan(cost.buffers * 10);
  });
});
