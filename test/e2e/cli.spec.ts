import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { KYU_VERSION } from '../../lib/kyu.version.js';
import { FakeShell } from '../support/cli/fake-shell.js';
import { kyuCommand } from '../support/cli/kyu-command.js';
import { TestLedger } from '../support/test-ledger.js';

let ledger: TestLedger;
let where: string[];

beforeAll(async () => {
  ledger = await TestLedger.open('cli');
  where = ['--postgres', inject('databaseUrl'), '--redis', inject('redisUrl'), '--schema', ledger.schema];
  const { code, stderr } = await kyuCommand(['migrate', 'up', ...where]);
  expect(code, stderr).toBe(0);
});

afterAll(() => ledger.close());

async function inProcess(...words: string[]): Promise<FakeShell & { code?: number }> {
  const shell = new FakeShell();
  return Object.assign(shell, { code: await shell.run(...words) });
}

describe('the built command kyu', () => {
  it('F97 F98 says what it can do, and which version it is', async () => {
    const [help, version] = await Promise.all([kyuCommand(['--help']), kyuCommand(['--version'])]);
    expect(help.code).toBe(0);
    expect(help.stdout).toContain('work <module>');
    expect(version).toEqual({ code: 0, stdout: `${KYU_VERSION}\n`, stderr: '' });
  });

  it('ends with 2 where it is called wrongly, and with 3 where nobody answers, without the password', async () => {
    const nobody = { DATABASE_URL: 'postgres://ada:sesame@127.0.0.1:1/shop' };
    const [typo, away] = await Promise.all([kyuCommand(['jbos']), kyuCommand(['stats', '--json'], nobody)]);
    expect(typo).toMatchObject({ code: 2, stdout: '' });
    expect(typo.stderr).toContain('Did you mean jobs?');
    expect(away).toMatchObject({ code: 3, stdout: '' });
    expect(away.stderr).toContain('PostgreSQL at 127.0.0.1:1 (database shop, user ada) cannot be reached');
    expect(away.stderr).not.toContain('sesame');
  });

  it('reads a payload from a pipe and gives a whole page to one, however long it is', async () => {
    const environment = {
      DATABASE_URL: inject('databaseUrl'),
      KYU_SCHEMA: ledger.schema,
      REDIS_URL: inject('redisUrl'),
    };
    const payload = JSON.stringify('x'.repeat(200_000));
    const enqueued = await kyuCommand(['jobs', 'enqueue', 'wide', '-'], environment, payload);
    expect(enqueued.stderr).toContain('has said that it handles "wide"');
    expect(enqueued.stdout).toMatch(/^enqueued [0-9a-f-]{36}\nkyu jobs show /);
    const id = enqueued.stdout.slice('enqueued '.length).split('\n')[0] ?? '';
    const { stdout } = await kyuCommand(['jobs', 'show', id, '--json'], environment);
    expect(JSON.parse(stdout)).toMatchObject({
      job: { id, payload: 'x'.repeat(200_000) },
      runs: [],
      logs: [],
    });
  });

  it('refuses to delete where nobody can be asked, unless --yes is said', async () => {
    const enqueued = await inProcess('jobs', 'enqueue', 'quick', '--json', ...where);
    const { id } = enqueued.json as { id: string };
    const refused = await kyuCommand(['jobs', 'delete', id, ...where]);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain(
      'Delete 1 job? There is nobody to ask here: say --yes to agree. Nothing was done.',
    );
    expect(await ledger.job(id)).toMatchObject({ status: 'pending' });
    expect(await kyuCommand(['jobs', 'delete', id, '--yes', ...where])).toMatchObject({ code: 0 });
    await expect(ledger.job(id)).rejects.toThrow('there is no job');
  });
});

describe('a command', () => {
  it('says that the database is missing, where the server is there', async () => {
    const url = new URL(inject('databaseUrl'));
    url.pathname = '/no_such_database';
    const { code, complaint } = await inProcess('stats', '--postgres', url.href);
    expect(code).toBe(3);
    expect(complaint).toContain('PostgreSQL is there, the database is not');
  });

  it('says what to do about a schema that is not there', async () => {
    const { code, complaint } = await inProcess('stats', ...where, '--schema', 'nothing_here');
    expect(code).toBe(1);
    expect(complaint).toContain(`The ledger's tables are missing in schema "nothing_here".`);
    expect(complaint).toContain('Run: kyu migrate up');
  });

  it('takes its options from a file of the application', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'kyu-cli-'));
    const options = { dsn: inject('databaseUrl'), schema: ledger.schema, redis: false };
    writeFileSync(join(folder, 'kyu.config.mjs'), `export default ${JSON.stringify(options)}`);
    const shell = new FakeShell({ folder });
    expect(await shell.run('jobs', 'list', 'type:nothing')).toBe(0);
    expect(shell.shown).toBe('No job matches.\n');
    rmSync(folder, { recursive: true });
  });

  it('does it all the same without Redis, and says so beside the answer', async () => {
    const nobody = [...where, '--redis', 'redis://:sesame@127.0.0.1:1'];
    const done = await inProcess('jobs', 'enqueue', 'quick', '7', '--json', ...nobody);
    expect(done.code).toBe(0);
    expect(await ledger.job((done.json as { id: string }).id)).toMatchObject({
      status: 'pending',
      payload: 7,
    });
    expect(done.complaint).toContain(
      'Redis at 127.0.0.1:1 cannot be reached: it is done in PostgreSQL all the same',
    );
    expect(done.complaint).not.toContain('sesame');
    const rebuilt = await inProcess('rebuild', ...nobody);
    expect(rebuilt.code).toBe(3);
    expect(rebuilt.complaint).toContain('Redis at 127.0.0.1:1 cannot be reached');
  });
});
