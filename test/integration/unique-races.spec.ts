import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { UniqueDraft } from '../../lib/core/job.js';
import { completed, draftOf, LedgerStage, QUEUE, TYPE } from '../support/ledger/ledger-stage.js';
import { openLedger, type PostgresSubject } from '../support/ledger/open-ledger.js';
import type { EntityManager } from 'typeorm';

const PRODUCERS = 50;

describe('F14 many producers that enqueue the same unique job at the same moment', () => {
  let subject: PostgresSubject;
  let stage: LedgerStage<EntityManager>;

  beforeAll(async () => {
    subject = await openLedger();
    stage = new LedgerStage(subject);
  });

  beforeEach(() => subject.clear());

  afterAll(() => subject.close());

  const draft = (key: string, unique: Partial<UniqueDraft> = {}) =>
    draftOf({ unique: { key, keeps: false, expiresAfterMs: null, onConflict: 'skip', ...unique } });

  it.each(['skip', 'replace'] as const)('write one, and all hear its id (%s)', async (onConflict) => {
    const inserts = Array.from({ length: PRODUCERS }, () =>
      subject.intake.insert([draft('one', { onConflict })]),
    );
    const answers = (await Promise.all(inserts)).flat();
    expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
    expect(answers.filter(({ created }) => created)).toHaveLength(1);
    expect(await subject.inspection.list({ filter: {}, limit: 100 })).toHaveLength(1);
  });

  it('write one for each key, though each call has all keys in an order of its own, and none deadlocks', async () => {
    const keys = Array.from({ length: 20 }, (_, index) => `key ${index}`);
    const inserts = Array.from({ length: PRODUCERS }, (_, shift) =>
      subject.intake.insert(
        [...keys.slice(shift % 20), ...keys.slice(0, shift % 20)].map((key) => draft(key)),
      ),
    );
    const answers = (await Promise.all(inserts)).flat();
    expect(answers.filter(({ created }) => created)).toHaveLength(keys.length);
    expect(await subject.inspection.list({ filter: {}, limit: 100 })).toHaveLength(keys.length);
  });

  it('write one at a time while a worker ends them one after the other', async () => {
    const worker = await stage.worker();
    const producing = new AbortController();
    const produce = async (): Promise<number> => {
      let created = 0;
      for (let round = 0; round < 10; round += 1) {
        const [job] = await subject.intake.insert([draft('again')]);
        if (job?.created === true) created += 1;
      }
      return created;
    };
    const work = async (): Promise<number> => {
      let ended = 0;
      while (!producing.signal.aborted) {
        const claims = await subject.runs.claimByQueue(worker, QUEUE, [{ type: TYPE, size: 5 }], 5);
        expect(claims.length).toBeLessThanOrEqual(1);
        for (const claim of claims) await stage.end(claim, completed);
        ended += claims.length;
      }
      return ended;
    };
    const working = work();
    const created = (await Promise.all(Array.from({ length: 10 }, produce))).reduce(
      (sum, one) => sum + one,
      0,
    );
    producing.abort();
    const ended = await working;
    expect(created).toBeGreaterThan(0);
    expect(created - ended).toBeGreaterThanOrEqual(0);
    expect(created - ended).toBeLessThanOrEqual(1);
    expect(await subject.inspection.list({ filter: {}, limit: 1_000 })).toHaveLength(created);
  });

  it('free a key once whose time is over', async () => {
    const first = draft('timed', { keeps: true, expiresAfterMs: 1_000 });
    await subject.intake.insert([first]);
    await subject.passTime(2_000);
    const inserts = Array.from({ length: PRODUCERS }, () =>
      subject.intake.insert([draft('timed', { keeps: true, expiresAfterMs: 60_000 })]),
    );
    const answers = (await Promise.all(inserts)).flat();
    expect(answers.filter(({ created }) => created)).toHaveLength(1);
    expect(answers.map(({ id }) => id)).not.toContain(first.id);
  });
});
