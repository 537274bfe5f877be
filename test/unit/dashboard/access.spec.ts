import { describe, expect, it } from 'vitest';
import { readAccess } from '../../../lib/dashboard/access/gatekeeper.js';
import { MemorySessionStore } from '../../../lib/dashboard/access/memory-session-store.js';
import { isAllowed } from '../../../lib/dashboard/access/oauth-provider.js';
import { PERMISSIONS } from '../../../lib/dashboard/access/permissions.js';
import { basePathOf } from '../../../lib/dashboard/http/base-path.js';
import type { Exchange } from '../../../lib/dashboard/http/exchange.js';

describe('what access() answers', () => {
  it.each([
    ['none', []],
    ['read', ['read']],
    ['all', PERMISSIONS],
    [
      ['retry', 'read'],
      ['read', 'retry'],
    ],
    [[], []],
    ['open', []],
    ['write', []],
    [undefined, []],
    [null, []],
    [true, []],
    [{ read: true }, []],
    [['root', 'read'], ['read']],
  ])('F94 %o grants %o, and what is no answer grants nothing', (answer, granted) => {
    expect(readAccess(answer as never)).toEqual(granted);
  });
});

describe('the list of accounts', () => {
  const account = { id: '583231', name: 'OctoCat', avatarUrl: null, provider: 'github' };

  it.each([['octocat'], ['github:octocat'], ['583231'], ['GITHUB:583231']])(
    'F94 lets in %s',
    async (name) => {
      expect(await isAllowed(account, [name])).toBe(true);
    },
  );

  it.each([['octo'], ['gitlab:octocat'], ['octocat '], [''], ['*']])(
    'F94 does not let in "%s"',
    async (name) => {
      expect(await isAllowed(account, [name])).toBe(false);
    },
  );

  it('F94 takes a plain yes of a function, and nothing else', async () => {
    expect(await isAllowed(account, () => true)).toBe(true);
    expect(await isAllowed(account, (() => 'yes') as never)).toBe(false);
    expect(await isAllowed(account, () => Promise.resolve(false))).toBe(false);
  });
});

describe('the store of logins in memory', () => {
  it('F94 forgets what is over', async () => {
    let now = 0;
    const store = new MemorySessionStore(() => now);
    await store.set('a', 'one', 1_000);
    expect(await store.get('a')).toBe('one');
    now = 1_000;
    expect(await store.get('a')).toBeUndefined();
    await store.set('b', 'two', 1_000);
    await store.delete('b');
    expect(await store.get('b')).toBeUndefined();
  });

  it('does not grow without end: what is over goes first, then the oldest', async () => {
    let now = 0;
    const store = new MemorySessionStore(() => now);
    await store.set('long', 'kept', 1_000_000);
    for (let index = 0; index < 9_999; index += 1) await store.set(`short-${index}`, 'x', 10);
    now = 11;
    await store.set('new', 'x', 10);
    expect(await store.get('long')).toBe('kept');
    for (let index = 0; index < 10_000; index += 1) await store.set(`more-${index}`, 'x', 10);
    expect(await store.get('long')).toBeUndefined();
    expect(await store.get('more-9999')).toBe('x');
  });
});

describe('the base path', () => {
  const at = (url: string, below: number, publicUrl?: string) =>
    basePathOf({ url } as Exchange, below, publicUrl === undefined ? undefined : new URL(publicUrl));

  it.each([
    ['/admin/kyu/jobs/1?x=/y', 2, '/admin/kyu'],
    ['/admin/kyu/', 0, '/admin/kyu'],
    ['/jobs', 1, ''],
    ['//evil.example/kyu', 0, '/evil.example/kyu'],
    ['/a"onload="x/kyu', 0, ''],
    ['/kyu', 3, ''],
  ])('F90 of %s, %i below, is %s', (url, below, base) => {
    expect(at(url, below)).toBe(base);
  });

  it('F90 is what publicUrl says where a proxy changes paths', () => {
    expect(at('/inside/kyu', 0, 'https://ops.example.com/outside/')).toBe('/outside');
  });
});
