import { Client } from 'pg';
import type { TestProject } from 'vitest/node';
import { printMigrations } from '../../../lib/ledger/schema-migrator.js';
import { startStores } from '../../support/global-setup.js';
import { CANARY_STATEMENTS } from './canaries.js';
import { FILL_STATEMENTS } from './fill-statements.js';

import { SCHEMA } from './shop.js';

declare module 'vitest' {
  export interface ProvidedContext {
    /** How many jobs the ledger was filled with. */
    filledJobs: number;
  }
}

/** Private stores, and in them a ledger as a busy week leaves it; `KYU_BROWSER_JOBS` says how many jobs. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  let databaseUrl = '';
  const end = await startStores((name, url) => {
    if (name === 'databaseUrl') databaseUrl = url;
    project.provide(name, url);
  });
  const jobs = Number(process.env['KYU_BROWSER_JOBS'] ?? 100_000);
  project.provide('filledJobs', jobs);
  await fill(databaseUrl, jobs);
  return end;
}

async function fill(databaseUrl: string, jobs: number): Promise<void> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query(printMigrations(SCHEMA));
    await client.query(`set search_path to ${SCHEMA}`);
    for (const statement of FILL_STATEMENTS) {
      await client.query(statement.replaceAll(':jobs', String(jobs)));
    }
    for (const { text, values } of CANARY_STATEMENTS) await client.query(text, [...values]);
    await client.query('analyze');
  } finally {
    await client.end();
  }
}
