import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JobListPage, JobPlace } from '../../lib/core/ports/job-lists.js';
import { JobBrowser } from '../../lib/admin/job-browser.js';
import type { JobFilter } from '../../lib/core/ports/job-filter.js';
import { BoundedReadings } from '../../lib/ledger/bounded-readings.js';
import { PostgresJobLists } from '../../lib/ledger/job-lists.js';
import { JobWalk } from '../../lib/ledger/job-walk.js';
import { openLedger, type PostgresSubject } from '../support/ledger/open-ledger.js';

const JOBS = 100;
/** Each answer is one step: time is always over. */
const NO_TIME = { budgetMs: 0, statementMs: 2_000, firstStep: 30, longestStep: 30 };
const ENOUGH_TIME = { ...NO_TIME, budgetMs: 60_000, firstStep: 7, longestStep: 7 };

let subject: PostgresSubject;
let hasty: PostgresJobLists;
let patient: PostgresJobLists;

beforeAll(async () => {
  subject = await openLedger();
  hasty = new PostgresJobLists(subject.connection, NO_TIME);
  patient = new PostgresJobLists(subject.connection, ENOUGH_TIME);
  // Ends come in pairs, so that the order of the end has equals.
  await subject.dataSource.query(
    `insert into ${subject.schema}.kyu_jobs (id, queue, job_type, payload, status, created_at, completed_at, tags)
     select lpad(to_hex(number), 32, '0')::uuid, 'shop', 'send_email', jsonb_build_object('n', number % 10), 'completed',
       now() - number * interval '1 minute', now() - (number / 2) * interval '1 minute',
       case when number % 2 = 0 then array['even'] end
     from generate_series(1, ${JOBS}) as number`,
  );
});

afterAll(() => subject.close());

const filter = { payload: [{ path: ['n'], values: [3] }] };

describe('a search that no index can answer', () => {
  it.each([
    ['created', 'desc'],
    ['created', 'asc'],
    ['finished', 'desc'],
    ['finished', 'asc'],
  ] as const)('F78 goes on where time ran out, without a job twice or lost: %s %s', async (sort, order) => {
    const page: JobListPage = { filter, sort, order, limit: 51, archived: false };
    const ids: string[] = [];
    let pages = 0;
    let after: JobPlace | undefined;
    do {
      const listing = await hasty.summaries({ ...page, ...(after && { after }) });
      ids.push(...listing.found.map(({ job }) => job.id));
      after = listing.reached;
      pages += 1;
    } while (after !== undefined);
    // What is less than a step is looked at without a further question.
    expect(pages).toBe(3);
    const whole = await patient.summaries(page);
    expect(whole.reached).toBeUndefined();
    expect(whole.found).toHaveLength(JOBS / 10);
    expect(ids).toEqual(whole.found.map(({ job }) => job.id));
  });

  it('F78 stops as soon as the page is full', async () => {
    const page: JobListPage = { filter, sort: 'created', order: 'desc', limit: 2, archived: false };
    const listing = await hasty.summaries(page);
    expect(listing.found).toHaveLength(2);
    expect(listing.reached).toBeUndefined();
  });

  it('F78 tells people how far it came, and takes its cursor', async () => {
    const browser = new JobBrowser(hasty);
    const first = await browser.search('payload.n:3', { limit: 50 }, {});
    expect(first.jobs).toHaveLength(3);
    expect(first.searchedTo).toBeInstanceOf(Date);
    expect(first.nextCursor).not.toBeNull();
    const second = await browser.search('payload.n:3', { limit: 50, cursor: first.nextCursor }, {});
    expect(second.jobs.map(({ id }) => id)).not.toContain(first.jobs[0]?.id);
    const nothing = await browser.search('payload.n:77', { limit: 50 }, {});
    expect(nothing).toMatchObject({ jobs: [], searchedTo: expect.any(Date) });
  });

  it('F78 looks into each job for tags, and for those that are unwanted', async () => {
    const unwanted = { ...filter, without: { tags: ['even'] } };
    const page: JobListPage = {
      filter: unwanted,
      sort: 'created',
      order: 'desc',
      limit: 51,
      archived: false,
    };
    expect((await patient.summaries(page)).found).toHaveLength(JOBS / 10);
    const { counts } = await patient.counts({ ...filter, anyTags: ['even'] }, 10_000);
    expect(counts.completed).toBe(0);
  });

  it('F85 counts as far as it comes, and says so', async () => {
    const partly = await hasty.counts(filter, 10_000);
    expect(partly.counts.completed).toBe(3);
    expect(partly.since).toBeInstanceOf(Date);
    const whole = await patient.counts(filter, 10_000);
    expect(whole).toMatchObject({ counts: { completed: JOBS / 10 } });
    expect(whole.since).toBeUndefined();
  });

  it('F78 is not asked at all when no job can have a place in the order', async () => {
    const { manager, rollback } = await subject.begin();
    await manager.query(`lock table ${subject.schema}.kyu_jobs in access exclusive mode`);
    try {
      const page = { order: 'desc', limit: 51, archived: false } as const;
      const ended = { ...page, filter: { statuses: ['pending'] }, sort: 'finished' } as const;
      const waiting = { ...page, filter: { statuses: ['completed'] }, sort: 'scheduled' } as const;
      expect(await patient.summaries(ended)).toEqual({ found: [] });
      expect(await patient.summaries(waiting)).toEqual({ found: [] });
    } finally {
      await rollback();
    }
  });
});

describe('a walk for jobs of a certain age', () => {
  const HOUR_MS = 3_600_000;
  const HOURS = 100;
  let aged: PostgresSubject;

  /** One job an hour, whose id has the time of its creation; it ended a minute later. */
  beforeAll(async () => {
    aged = await openLedger();
    await insertAged(
      `select number as hours, number as id_hours from generate_series(1, ${HOURS}) as number`,
      3,
    );
  });

  afterAll(() => aged.close());

  async function insertAged(source: string, value: number): Promise<void> {
    const made = (hours: string): string => `now() - ${hours} * interval '1 hour'`;
    await aged.dataSource.query(
      `insert into ${aged.schema}.kyu_jobs (id, queue, job_type, payload, status, created_at, completed_at)
       select (
           lpad(to_hex((extract(epoch from ${made('id_hours')}) * 1000)::bigint), 12, '0') || '7' || lpad(to_hex(hours::integer), 19, '0')
         )::uuid,
         'shop', 'send_email', jsonb_build_object('n', ${value}), 'completed', ${made('hours')},
         ${made('hours')} + interval '1 minute'
       from (${source}) source`,
    );
  }

  /** How many jobs it looks at, in steps of seven. */
  async function lookedAt(
    wanted: JobFilter,
    sort: 'created' | 'finished',
    order: 'asc' | 'desc',
  ): Promise<number> {
    const walk = new JobWalk(new BoundedReadings(aged.connection), ENOUGH_TIME);
    let steps = 0;
    const route = { filter: wanted, sort, order, archived: false };
    const reached = await walk.along('The walk', route, async () => {
      steps += 1;
      return false;
    });
    expect(reached).toBeUndefined();
    return steps * ENOUGH_TIME.firstStep;
  }

  // A step in front, and one that is begun; in the order of creation an hour more, because clocks differ.
  it.each([
    ['created', 'desc', { olderThanMs: 90 * HOUR_MS }],
    ['created', 'asc', { youngerThanMs: 10 * HOUR_MS }],
    ['created', 'desc', { finishedOverMs: 90 * HOUR_MS }],
    ['created', 'desc', { youngerThanMs: 10 * HOUR_MS }],
    ['created', 'asc', { olderThanMs: 90 * HOUR_MS }],
    ['finished', 'desc', { finishedOverMs: 90 * HOUR_MS }],
    ['finished', 'asc', { finishedUnderMs: 10 * HOUR_MS }],
    ['finished', 'desc', { youngerThanMs: 10 * HOUR_MS }],
    ['finished', 'asc', { finishedOverMs: 90 * HOUR_MS }],
  ] as const)('F78 begins and ends where those can be: %s %s %o', async (sort, order, wanted) => {
    expect(await lookedAt(wanted, sort, order)).toBeLessThanOrEqual(28);
    expect(await lookedAt({}, sort, order)).toBeGreaterThanOrEqual(HOURS);
  });

  it('F78 begins between two instants, and looks for nothing where none can be', async () => {
    const [createdFrom, createdBefore] = [60, 55].map((hours) =>
      new Date(Date.now() - hours * HOUR_MS).toISOString(),
    ) as [string, string];
    expect(await lookedAt({ createdFrom, createdBefore }, 'created', 'desc')).toBeLessThanOrEqual(21);
    const never = { olderThanMs: 50 * HOUR_MS, youngerThanMs: 10 * HOUR_MS };
    expect(await lookedAt(never, 'created', 'desc')).toBe(7);
  });

  it('F78 finds them whatever the clock of those who enqueued, page by page', async () => {
    // Its id is 50 minutes younger than its row.
    await insertAged('select 95.5 as hours, 94.7 as id_hours', 4);
    const lists = new PostgresJobLists(aged.connection, { ...NO_TIME, firstStep: 7, longestStep: 7 });
    const wanted = { olderThanMs: 95 * HOUR_MS, payload: [{ path: ['n'], values: [4] }] };
    const page: JobListPage = {
      filter: wanted,
      sort: 'created',
      order: 'desc',
      limit: 51,
      archived: false,
    };
    let found = 0;
    let pages = 0;
    let after: JobPlace | undefined;
    do {
      const listing = await lists.summaries({ ...page, ...(after && { after }) });
      found += listing.found.length;
      after = listing.reached;
      pages += 1;
    } while (after !== undefined);
    expect({ found, pages }).toEqual({ found: 1, pages: 2 });
    const partly = await lists.counts(wanted, 10_000);
    expect(partly.since?.getTime()).toBeLessThan(Date.now() - 93 * HOUR_MS);
  });
});

describe('the counts of everything', () => {
  it('F85 name the statuses that were estimated, and no status that was counted as far as the cap', async () => {
    const full = await openLedger();
    try {
      await full.dataSource.query(
        `insert into ${full.schema}.kyu_jobs (id, queue, job_type, status, created_at, completed_at)
         select gen_random_uuid(), 'shop', 'send_email',
           case when number > 6000 then 'completed' when number > 100 then 'cancelled' else 'dead' end,
           now(), now() - number * interval '1 second'
         from generate_series(1, 12000) as number`,
      );
      await full.dataSource.query(`analyze ${full.schema}.kyu_jobs`);
      const lists = new PostgresJobLists(full.connection);
      const { counts, estimated } = await lists.counts({}, 10_000);
      expect([...estimated].sort()).toEqual(['cancelled', 'completed']);
      expect(counts).toMatchObject({ dead: 100, pending: 0 });
      expect(counts.completed).toBeGreaterThan(5_000);
      expect(counts.completed).toBeLessThan(7_000);
      expect((await lists.counts({}, 2_000)).estimated).toEqual([]);
      expect((await lists.counts({ queues: ['shop'] }, 10_000)).estimated).toEqual([]);
    } finally {
      await full.close();
    }
  });
});
