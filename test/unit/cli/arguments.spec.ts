import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InvalidArgumentError } from 'commander';
import { describe, expect, it, onTestFinished } from 'vitest';
import { postgresAddress, redisAddress } from '../../../lib/cli/connection/addresses.js';
import { connectionOf } from '../../../lib/cli/connection/connection-options.js';
import { isJobId, names, span, wholeNumber } from '../../../lib/cli/read-arguments.js';
import { searchTextOf, shieldNegations } from '../../../lib/cli/search-words.js';
import { FakeShell } from '../../support/cli/fake-shell.js';

function folderWith(file: string, text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'kyu-cli-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, file), text);
  return folder;
}

describe('arguments', () => {
  it('are numbers within bounds', () => {
    const read = wholeNumber(1, 10);
    expect(read('7')).toBe(7);
    for (const text of ['0', '11', '1.5', '', 'x', '1e1'])
      expect(() => read(text)).toThrow(InvalidArgumentError);
  });

  it('are spans and names', () => {
    expect(span('1m30s')).toBe(90_000);
    expect(() => span('soon')).toThrow(InvalidArgumentError);
    expect(names('a,b', ['c'])).toEqual(['c', 'a', 'b']);
    expect(() => names('a,,b')).toThrow(InvalidArgumentError);
  });

  it('tell ids from searches', () => {
    expect(isJobId('0192d3b4-0000-7000-8000-000000000001')).toBe(true);
    expect(isJobId('id:0192d3b4')).toBe(false);
  });
});

describe('the words of a search', () => {
  it.each([
    [['type:send_email', 'status:dead'], 'type:send_email status:dead'],
    [['error:connection refused'], 'error:"connection refused"'],
    [['status:dead type:send_email'], 'status:dead type:send_email'],
    [['error:"connection refused"'], 'error:"connection refused"'],
    [['-type:send_email'], '-type:send_email'],
    [['two words'], 'two words'],
    [['age>1h'], 'age>1h'],
  ])('%o are %s', (words, text) => {
    expect(searchTextOf(shieldNegations(words))).toBe(text);
  });

  it('are no options when they leave something out, and options stay what they are', () => {
    const [first, ...others] = shieldNegations(['-status:dead', '--json', '-h', '--postgres=x']);
    expect(first?.startsWith('-')).toBe(false);
    expect(others).toEqual(['--json', '-h', '--postgres=x']);
  });
});

describe('where the stores are', () => {
  const options = (environment: Record<string, string>, flags: object = {}, folder = '/nowhere') =>
    connectionOf(new FakeShell({ environment, folder }).shell, flags);

  it('is what the flags say, then the environment, then the file', async () => {
    const folder = folderWith(
      'kyu.config.mjs',
      `export default { dsn: 'postgres://file/a', schema: 'file', workers: 3 }`,
    );
    expect(await options({}, {}, folder)).toEqual({ dsn: 'postgres://file/a', schema: 'file', workers: 3 });
    const environment = { DATABASE_URL: 'postgres://env/a', KYU_SCHEMA: 'env', KYU_QUEUE_NAME: 'shop' };
    const fromEnvironment = { dsn: 'postgres://env/a', schema: 'env', queueName: 'shop', workers: 3 };
    expect(await options(environment, {}, folder)).toEqual(fromEnvironment);
    const flags = { postgres: 'postgres://flag/a', schema: 'flag', redis: false };
    expect(await options(environment, flags, folder)).toEqual({
      ...fromEnvironment,
      dsn: 'postgres://flag/a',
      schema: 'flag',
      redis: false,
    });
  });

  it('may be said of Redis in two ways, and an empty variable says nothing', async () => {
    expect(await options({ REDIS_URL: 'redis://one:1', REDIS_ADDR: 'two:2' })).toEqual({
      redis: 'redis://one:1',
    });
    expect(await options({ REDIS_ADDR: 'two:2', REDIS_PASSWORD: 'a/b' })).toEqual({
      redis: 'redis://:a%2Fb@two:2',
    });
    expect(await options({ REDIS_URL: '', DATABASE_URL: '' })).toEqual({});
  });

  it('may come from a function in the file', async () => {
    const folder = folderWith('kyu.config.js', `module.exports = async () => ({ schema: 'made' })`);
    expect(await options({}, {}, folder)).toEqual({ schema: 'made' });
  });

  it.each([
    [`export default 7`, 'has no default export with the options of KyuModule'],
    [`throw new Error('not today')`, 'cannot be loaded: not today'],
  ])('is refused where the file says %s', async (text, complaint) => {
    const folder = folderWith('kyu.config.mjs', text);
    await expect(options({}, {}, folder)).rejects.toThrow(complaint);
  });

  it('is refused where a file is named that is not there', async () => {
    await expect(options({}, { config: 'other.mjs' })).rejects.toThrow(
      'There is no configuration file /nowhere/other.mjs',
    );
  });

  it.each([
    ['postgres://ada:sesame@db.example/shop', 'db.example:5432 (database shop, user ada)'],
    ['postgres://db.example:6432', 'db.example:6432'],
    [undefined, 'localhost:5432 (database kyu)'],
  ])('%s reads %s', (dsn, text) => {
    expect(postgresAddress(dsn === undefined ? {} : { dsn })).toBe(text);
  });

  it('never shows a password, however the address is written', () => {
    const texts = [
      postgresAddress({ dsn: 'postgres://ada:ses@me@db.example/shop' }),
      postgresAddress({ dsn: 'postgres://ada:sesame@:bad' }),
      redisAddress({ redis: 'redis://:sesame@cache:6379/2' }),
    ];
    expect(texts.join('\n')).not.toMatch(/ses/);
  });
});
