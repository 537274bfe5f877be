import { describe, expect, it } from 'vitest';
import { FakeShell } from '../../support/cli/fake-shell.js';

async function run(words: readonly string[], environment: Record<string, string> = {}) {
  const shell = new FakeShell({ environment });
  const code = await shell.run(...words);
  return { code, stdout: shell.shown, stderr: shell.complaint };
}

describe('the help', () => {
  it('shows the commands in groups, and says the same by two names', async () => {
    const help = await run(['help']);
    expect(help.code).toBe(0);
    for (const group of ['Look:', 'Operate:', 'Run:', 'Set up:'])
      expect(help.stdout).toContain(`\n${group}\n`);
    expect(await run(['--help'])).toEqual(help);
    expect((await run(['help', 'work'])).stdout).toContain('Usage: kyu work');
  });

  it('shows what a command can be told before where its stores are', async () => {
    const { stdout } = await run(['jobs', 'list', '--help']);
    expect(stdout.indexOf('--limit')).toBeGreaterThan(0);
    expect(stdout.indexOf('--limit')).toBeLessThan(stdout.indexOf('Connection:'));
  });
});

describe('a wrong call', () => {
  it.each([
    [['jbos', 'list'], 'Did you mean jobs?'],
    [['jobs', 'lst'], 'Did you mean list?'],
    [['jobs', 'list', '--jsn'], 'Did you mean --json?'],
    [['jobs', 'list', '--limit', 'many'], 'Give a whole number from 1 to 1000.'],
    [['jobs', 'show'], "missing required argument 'id'"],
    [['completion', 'tcsh'], 'Allowed choices are bash, zsh, fish'],
    [['queues', 'drain', 'mail', '--within', 'soon'], "Give ms or text such as '30s'"],
  ])('%o is answered with a hint and exit code 2', async (words, text) => {
    const { code, stdout, stderr } = await run(words);
    expect(stderr).toContain(text);
    expect(stderr).toContain('kyu help');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  it.each([
    [['jobs', 'list', 'staus:dead'], 'did you mean "status"?'],
    [['jobs', 'enqueue', 'mail', '{no json'], 'The payload is no JSON.'],
    [['jobs', 'enqueue', 'mail', '1', '--at', 'soon'], '--at is no instant: "soon".'],
    [['dead', 'list', 'status:failed'], '"kyu dead" is about dead jobs alone'],
    [['stats', '--postgres', 'mysql://ada:sesame@db/shop'], 'dsn'],
    [['top'], '"kyu top" needs a terminal'],
    [['stats', '--config', '/nowhere/else.mjs'], 'There is no configuration file /nowhere/else.mjs.'],
  ])('%o is refused before anybody is asked, with exit code 2', async (words, text) => {
    const { code, stdout, stderr } = await run(words);
    expect(stderr).toContain(text);
    expect(stderr).not.toContain('sesame');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });
});

describe('a store that is away', () => {
  it.each([
    [
      'postgres://ada:sesame@127.0.0.1:1/shop',
      'PostgreSQL at 127.0.0.1:1 (database shop, user ada)',
      'start PostgreSQL',
    ],
    ['postgres://ada:sesame@host.invalid/shop', 'PostgreSQL at host.invalid:5432', 'DATABASE_URL'],
  ])('%s is named with what to do, without its password, and exit code 3', async (url, text, remedy) => {
    const { code, stdout, stderr } = await run(['stats', '--json'], { DATABASE_URL: url });
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toContain(text);
    expect(stderr).toContain(remedy);
    expect(stderr).not.toContain('sesame');
  });
});
