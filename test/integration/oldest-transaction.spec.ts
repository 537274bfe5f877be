import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { eventually } from '../support/eventually.js';
import { openLedger, type PostgresSubject } from '../support/ledger/open-ledger.js';

/** Other test files run beside this one, and have transactions of their own: theirs are short. */
const AGE_MS = 400;

describe('the age of the oldest transaction', () => {
  let subject: PostgresSubject;
  let somebody: DataSource;

  beforeAll(async () => {
    subject = await openLedger();
    somebody = await new DataSource({ type: 'postgres', url: inject('databaseUrl') }).initialize();
  });

  afterAll(async () => {
    await somebody.destroy();
    await subject.close();
  });

  it.each([
    ['one that has read', 'repeatable read', () => `select count(*) from ${subject.schema}.kyu_jobs`],
    ['one that has written', 'read committed', () => `create table ${subject.schema}.somebodys (id integer)`],
  ])('counts %s and is idle', async (_, level, sql) => {
    const holder = somebody.createQueryRunner();
    await holder.query(`begin isolation level ${level}`);
    await holder.query(sql());
    try {
      await eventually(async () => {
        expect(await subject.readings.oldestTransactionMs()).toBeGreaterThanOrEqual(AGE_MS);
      });
    } finally {
      await holder.query('rollback');
      await holder.release();
    }
  });
});
