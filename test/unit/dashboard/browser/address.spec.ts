import { describe, expect, it } from 'vitest';
import { pathBelow, routeOf } from '../../../../lib/dashboard/browser/address/routes.js';
import { fieldsOf, searchOf } from '../../../../lib/dashboard/browser/address/search-fields.js';

describe('routeOf', () => {
  it.each([
    ['/', 'overview', ''],
    ['', 'overview', ''],
    ['/jobs', 'jobs', ''],
    ['//jobs/', 'jobs', ''],
    ['/jobs/a%2Fb', 'job', 'a/b'],
    ['/jobs/%', 'job', '%'],
    ['/jobs/a/b', 'unknown', ''],
    ['/queues/mail', 'unknown', ''],
    ['/constructor', 'unknown', ''],
    ['/login', 'login', ''],
  ])('F92 leads from %s to the page %s', (path, page, id) => {
    expect(routeOf(path)).toEqual({ page, id });
  });
});

describe('pathBelow', () => {
  it('knows the mount, whatever begins like it', () => {
    expect(pathBelow('/admin/kyu', '/admin/kyu/jobs')).toBe('/jobs');
    expect(pathBelow('/admin/kyu', '/admin/kyu')).toBe('/');
    expect(pathBelow('/admin/kyu', '/admin/kyus')).toBeUndefined();
    expect(pathBelow('', '/jobs')).toBe('/jobs');
  });
});

describe('the search part of an address', () => {
  const defaults = { query: '', sort: 'created', limit: '50' };

  it('F96 keeps what differs from the defaults, and reads it back', () => {
    const search = searchOf({ query: 'type:a error:"x & y"', sort: 'updated', limit: '50' }, defaults);
    expect(search).toBe('?query=type:a+error:%22x+%26+y%22&sort=updated');
    expect(fieldsOf(search, defaults)).toEqual({
      query: 'type:a error:"x & y"',
      sort: 'updated',
      limit: '50',
    });
    expect(searchOf(defaults, defaults)).toBe('');
  });

  it('takes nothing that is no choice', () => {
    expect(fieldsOf('?limit=7&other=1', defaults, { limit: ['25', '50'] })).toEqual(defaults);
  });
});
