import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { EventBus } from '../../lib/core/event-bus.js';
import { JobIdSource, isJobId } from '../../lib/core/job-id.js';
import { systemClock } from '../../lib/core/system-clock.js';
import { OPTION_DEFAULTS } from '../../lib/core/option-defaults.js';
import type { EnqueueOptions } from '../../lib/core/resolve-enqueue-options.js';
import { PostgresJobTypeCatalogue } from '../../lib/ledger/job-type-catalogue.js';
import { Producer } from '../../lib/producer/producer.js';
import { MemoryDispatcher } from '../../lib/testing/memory-dispatcher.js';
import { openLedger, type PostgresSubject } from '../support/ledger/open-ledger.js';

const APP = 'shop';
const SETTINGS = { queue: 'mail', maxRetries: 8, timeoutMs: 20_000 };

interface Enqueued {
  readonly id: string;
  readonly created: boolean;
}

/** Columns that two enqueues at two moments have in common when they are the same. */
const ALIKE = `queue, job_type, priority, status, payload, max_retries, retry_count, timeout_ms, deadline_at, tags, context,
  unique_key, unique_keeps, run, result, error_message,
  round(extract(epoch from scheduled_at - created_at)) as due_after,
  round(extract(epoch from unique_expires_at - created_at)) as key_after`;

describe('enqueue in SQL', () => {
  let subject: PostgresSubject;
  let producer: Producer<unknown>;

  beforeAll(async () => {
    subject = await openLedger();
    const ids = new JobIdSource(systemClock.nowMs);
    producer = new Producer({
      intake: subject.intake,
      dispatcher: new MemoryDispatcher(),
      events: new EventBus(() => {}),
      defaultsFor: () => SETTINGS,
      newJobId: () => ids.next(),
      payloadLimitBytes: OPTION_DEFAULTS.payloadLimitBytes,
      app: APP,
      priorities: OPTION_DEFAULTS.priorities,
      waiter: {} as never, // nobody waits here
    });
    const catalogue = new PostgresJobTypeCatalogue(subject.connection);
    await catalogue.publish(APP, [{ type: 'send_email', ...SETTINGS }], OPTION_DEFAULTS.payloadLimitBytes);
  });

  beforeEach(() => subject.clear());

  afterAll(() => subject.close());

  async function sql<Row>(text: string, values: unknown[] = []): Promise<Row[]> {
    return subject.dataSource.query<Row[]>(text, values);
  }

  async function enqueue(settings = '', payload: unknown = { to: 'a@b.example' }): Promise<Enqueued> {
    const call = `${subject.schema}.enqueue('send_email', $1::jsonb, app => '${APP}' ${settings})`;
    const [row] = await sql<Enqueued>(`select * from ${call}`, [JSON.stringify(payload)]);
    if (row === undefined) throw new Error('enqueue answered nothing');
    return row;
  }

  async function nextMillisecond(): Promise<void> {
    const now = Date.now();
    await expect.poll(() => Date.now(), { interval: 1 }).toBeGreaterThan(now);
  }

  async function rowOf(id: string): Promise<Record<string, unknown>> {
    const [row] = await sql<Record<string, unknown>>(
      `select ${ALIKE} from ${subject.schema}.kyu_jobs where id = $1`,
      [id],
    );
    if (row === undefined) throw new Error(`there is no job ${id}`);
    return row;
  }

  const deadlineAt = new Date('2099-05-01T12:00:00Z');
  const cases: readonly (readonly [string, EnqueueOptions])[] = [
    ['', {}],
    [', priority => 10', { priority: 'high' }],
    [", delay => '5 minutes'", { delay: '5m' }],
    [", scheduled_at => now() + interval '1 hour'", { delay: '1h' }],
    [", scheduled_at => '2001-01-01'", { scheduledAt: new Date('2001-01-01') }],
    [', max_retries => 0', { maxRetries: 0 }],
    [", timeout => '90 seconds'", { timeout: '90s' }],
    [", queue => 'reports'", { queue: 'reports' }],
    [`, deadline_at => '${deadlineAt.toISOString()}'`, { deadlineAt }],
    [", tags => array['tenant:42', 'vip']", { tags: ['tenant:42', 'vip'] }],
    [", unique_key => 'k1'", { unique: { key: 'k1' } }],
    [", unique_key => 'k2', unique_scope => 'queue'", { unique: { key: 'k2', scope: 'queue' } }],
    [", unique_key => 'k3', unique_scope => 'app'", { unique: { key: 'k3', scope: 'app' } }],
    [", unique_key => 'k4', unique_until => '10 minutes'", { unique: { key: 'k4', until: '10m' } }],
    [", unique_key => 'k5', unique_until => 'deleted'", { unique: { key: 'k5', until: 'deleted' } }],
  ];

  it.each(cases)('with "%s" comes to the same row as %j in code', async (settings, options) => {
    const fromSql = await enqueue(settings);
    expect(fromSql.created).toBe(true);
    expect(isJobId(fromSql.id)).toBe(true);
    const row = await rowOf(fromSql.id);
    await subject.clear();
    const fromCode = await producer.enqueue('send_email', { to: 'a@b.example' }, options);
    const expected = await rowOf(fromCode.id);
    // An instant of code's own is a moment away from the insert.
    expect(row).toEqual({
      ...expected,
      due_after: 'scheduledAt' in options ? row['due_after'] : expected['due_after'],
    });
  });

  it('shares keys with code, in both directions', async () => {
    const first = await enqueue(", unique_key => 'welcome:42'");
    const options: EnqueueOptions = { unique: { key: 'welcome:42' } };
    expect(await producer.enqueue('send_email', {}, options)).toEqual({ id: first.id, created: false });
    const second = await producer.enqueue('send_email', {}, { unique: { key: 'welcome:43' } });
    expect(await enqueue(", unique_key => 'welcome:43'")).toEqual({ id: second.id, created: false });
  });

  it('replaces all that the holder was, the lifetime of its key included', async () => {
    const first = await enqueue(", unique_key => 'one', unique_until => 'deleted'");
    const leftOver = `context = '{"tenant":"a"}', parent_id = '${first.id}', backoff = '{"type":"fixed"}'`;
    await sql(`update ${subject.schema}.kyu_jobs set ${leftOver} where id = $1`, [first.id]);
    await enqueue(", unique_key => 'one', on_conflict => 'replace', unique_until => '1 hour'");
    const [row] = await sql(
      `select context, parent_id, backoff, unique_keeps as keeps, unique_expires_at - updated_at = '1 hour' as for_an_hour
       from ${subject.schema}.kyu_jobs where id = $1`,
      [first.id],
    );
    expect(row).toEqual({ context: null, parent_id: null, backoff: null, keeps: true, for_an_hour: true });
  });

  it('answers the holder, refuses, or replaces, as it is told', async () => {
    const first = await enqueue(", unique_key => 'one', delay => '1 hour'");
    await expect(enqueue(", unique_key => 'one', on_conflict => 'error'")).rejects.toMatchObject({
      message: expect.stringMatching(/^KYU_DUPLICATE_JOB: job .* holds the key/),
      code: '23505',
    });
    const replaced = await enqueue(", unique_key => 'one', on_conflict => 'replace', priority => 7", {
      to: 'later',
    });
    expect(replaced).toEqual({ id: first.id, created: false });
    expect(await rowOf(first.id)).toMatchObject({ status: 'pending', priority: 7, payload: { to: 'later' } });
  });

  it('F14 F15 leaves a holder alone that runs, and takes a key whose time is over', async () => {
    const change = (id: string, changes: string): Promise<unknown> =>
      sql(`update ${subject.schema}.kyu_jobs set ${changes} where id = $1`, [id]);
    const held = await enqueue(", unique_key => 'runs'");
    await change(held.id, `status = 'running', run = 1, locked_by = gen_random_uuid(), locked_at = now()`);
    const replacing = await enqueue(", unique_key => 'runs', on_conflict => 'replace', priority => 7");
    expect(replacing).toEqual({ id: held.id, created: false });
    expect(await rowOf(held.id)).toMatchObject({ status: 'running', run: 1, priority: 0 });
    const timed = await enqueue(", unique_key => 'timed', unique_until => '1 hour'");
    expect(await enqueue(", unique_key => 'timed'")).toEqual({ id: timed.id, created: false });
    await change(timed.id, `unique_expires_at = now() - interval '1 second'`);
    expect(await enqueue(", unique_key => 'timed'")).toMatchObject({ created: true });
    expect(await rowOf(timed.id)).toMatchObject({ status: 'pending', unique_key: null });
  });

  it('F14 writes one job for fifty callers at once', async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, () => enqueue(", unique_key => 'race'")));
    expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
    expect(answers.filter(({ created }) => created)).toHaveLength(1);
  });

  it('uses the defaults of Kyu for a job type that no worker has told of', async () => {
    const [job] = await sql<Enqueued>(`select * from ${subject.schema}.enqueue('unheard_of')`);
    expect(await rowOf(job?.id ?? '')).toMatchObject({
      queue: OPTION_DEFAULTS.queueName,
      max_retries: OPTION_DEFAULTS.maxRetries,
      timeout_ms: String(OPTION_DEFAULTS.timeoutMs),
      payload: null,
    });
  });

  it.each([
    ["select * from kyu.enqueue('no type')", /KYU_INVALID_JOB: job_type is 'no type'/],
    ['select * from kyu.enqueue(null)', /KYU_INVALID_JOB: job_type is null/],
    ["select * from kyu.enqueue('a', queue => 'no queue')", /KYU_INVALID_JOB: queue/],
    ["select * from kyu.enqueue('a', max_retries => -1)", /KYU_INVALID_JOB: max_retries is -1/],
    ["select * from kyu.enqueue('a', delay => '-1 second')", /KYU_INVALID_JOB: delay/],
    ["select * from kyu.enqueue('a', on_conflict => 'merge')", /KYU_INVALID_JOB: on_conflict/],
    ["select * from kyu.enqueue('a', unique_scope => 'world')", /KYU_INVALID_JOB: unique_scope/],
    ["select * from kyu.enqueue('a', unique_key => 'k', unique_until => 'never')", /invalid input syntax/],
    ["select * from kyu.enqueue('a', tags => array['', 'b'])", /KYU_INVALID_JOB: tags/],
    [
      "select * from kyu.enqueue('a', to_jsonb(repeat('x', 300000)))",
      /KYU_PAYLOAD: the payload has 300002 bytes/,
    ],
  ])('%s is refused with words, and writes nothing', async (text, refusal) => {
    await expect(sql(text.replace('kyu.enqueue', `${subject.schema}.enqueue`))).rejects.toThrow(refusal);
    expect(await subject.inspection.list({ filter: {}, limit: 1 })).toEqual([]);
  });

  it('belongs to the transaction around it', async () => {
    const { manager, rollback } = await subject.begin();
    await manager.query(`select ${subject.schema}.enqueue('send_email')`);
    await rollback();
    expect(await subject.inspection.list({ filter: {}, limit: 1 })).toEqual([]);
  });

  it('makes ids that sort by time, among those that code makes', async () => {
    const ids: string[] = [];
    for (let round = 0; round < 3; round += 1) {
      ids.push((await enqueue()).id);
      await nextMillisecond();
      ids.push((await producer.enqueue('send_email', {})).id);
      await nextMillisecond();
    }
    expect([...ids].sort()).toEqual(ids);
  });
});
