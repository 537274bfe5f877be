import { randomBytes } from 'node:crypto';
import { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { LEDGER_MIGRATIONS, LEDGER_VERSION } from '../../migrations/index.js';
import { FakeShell } from '../support/cli/fake-shell.js';

const schema = `e2e_cli_migrate_${randomBytes(4).toString('hex')}`;
let pool: Pool;
let where: string[];

beforeAll(() => {
  pool = new Pool({ connectionString: inject('databaseUrl'), max: 1 });
  where = ['--postgres', inject('databaseUrl'), '--no-redis', '--schema', schema];
});

afterAll(async () => {
  await pool.query(`drop schema if exists "${schema}" cascade`);
  await pool.end();
});

async function run(...words: string[]) {
  const shell = new FakeShell();
  const code = await shell.run(...words, ...where);
  return { code, stdout: shell.shown, stderr: shell.complaint };
}

async function json(...words: string[]): Promise<unknown> {
  const { code, stdout, stderr } = await run(...words, '--json');
  expect({ words, code, stderr }).toEqual({ words, code: 0, stderr: '' });
  return JSON.parse(stdout);
}

describe('kyu migrate', () => {
  it('F97 prints the plan, goes up, says where it stands, and goes down', async () => {
    const names = LEDGER_MIGRATIONS.map(({ name }) => name);
    const missing = await run('migrate', 'status');
    expect(missing.code).toBe(1);
    expect(missing.stdout).toContain(
      `There is no ledger in schema "${schema}"; this release needs version ${LEDGER_VERSION}.`,
    );
    expect(missing.stdout).toContain('Run: kyu migrate up');

    // What it prints is what it does: whoever runs it by hand has the schema.
    const plan = await run('migrate', 'plan');
    await pool.query(plan.stdout);
    expect(await json('migrate', 'status')).toEqual({
      schema,
      version: LEDGER_VERSION,
      needed: LEDGER_VERSION,
      isUpToDate: true,
    });
    expect((await run('migrate', 'plan')).stdout).toContain('-- Nothing to do');

    expect(await json('migrate', 'down', '--to', '0', '--yes')).toEqual({
      schema,
      version: 0,
      undone: names.toReversed(),
    });
    expect(await json('migrate', 'up')).toEqual({ schema, version: LEDGER_VERSION, applied: names });
    const again = await run('migrate', 'up');
    expect(again.stdout).toBe(
      `Nothing to do. The ledger in schema "${schema}" has version ${LEDGER_VERSION}.\n`,
    );
  });

  it('asks how many before it undoes anything, and does nothing at another answer', async () => {
    const shy = new FakeShell({ terminal: { columns: 80, rows: 24 } });
    const refused = shy.run('migrate', 'down', ...where);
    await shy.shows('Undo 1 migration? Type 1 to agree:');
    shy.keys.write('y\n');
    expect(await refused).toBe(1);
    expect(shy.complaint).toContain('Nothing was done.');

    const sure = new FakeShell({ terminal: { columns: 80, rows: 24 } });
    const done = sure.run('migrate', 'down', ...where);
    await sure.shows('Type 1 to agree:');
    sure.keys.write('1\n');
    expect(await done).toBe(0);
    expect(sure.shown).toContain(`undone ${LEDGER_MIGRATIONS.at(-1)?.name}`);
    const behind = new FakeShell();
    expect(await behind.run('migrate', 'status', ...where)).toBe(1);
    expect(behind.shown).toContain('behind');
    expect(await new FakeShell().run('migrate', 'up', ...where)).toBe(0);
  });

  it('refuses a target above, and off a terminal any way down without --yes', async () => {
    const above = new FakeShell();
    expect(await above.run('migrate', 'down', '--to', '900', ...where)).toBe(2);
    expect(above.complaint).toContain('"kyu migrate up" is the way up');
    const silent = new FakeShell();
    expect(await silent.run('migrate', 'down', ...where)).toBe(2);
    expect(silent.complaint).toContain('say --yes to agree');
  });
});
