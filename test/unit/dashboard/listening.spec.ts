import { describe, expect, it } from 'vitest';
import { Gatekeeper } from '../../../lib/dashboard/access/gatekeeper.js';
import { Dashboard } from '../../../lib/dashboard/dashboard.js';
import type { DashboardAccess } from '../../../lib/dashboard/dashboard.options.js';
import { resolveDashboardOptions } from '../../../lib/dashboard/resolve-dashboard-options.js';
import { ROUTES } from '../../../lib/dashboard/routes/routes.js';
import type { DashboardServices } from '../../../lib/dashboard/dashboard-services.js';
import type { Exchange } from '../../../lib/dashboard/http/exchange.js';

/** Opens the stream of news; answers whether whoever opened it may stay. */
async function listen(access: () => DashboardAccess): Promise<() => Promise<boolean>> {
  const options = resolveDashboardOptions({ access }, {}, 'test');
  const opened: (() => Promise<boolean>)[] = [];
  const live = {
    refuseWhenClosed: () => {},
    open: (_: unknown, mayStay: () => Promise<boolean>) => opened.push(mayStay),
  };
  const services = { options, live } as unknown as DashboardServices;
  const dashboard = new Dashboard(services, new Gatekeeper(options, undefined));
  const route = ROUTES.find(({ answers }) => answers === 'stream');
  const exchange = { method: 'GET', url: '/kyu/api/v1/events', headers: {}, params: {}, stream: () => ({}) };
  if (route === undefined) throw new Error('There is no stream.');
  await dashboard.answer(route, exchange as unknown as Exchange);
  expect(opened).toHaveLength(1);
  return opened[0] ?? (() => Promise.reject(new Error('nothing was opened')));
}

describe('whoever listens to the news', () => {
  it('F94 may stay as long as they may read', async () => {
    let granted: DashboardAccess = 'read';
    const mayStay = await listen(() => granted);
    expect(await mayStay()).toBe(true);
    granted = ['retry'];
    expect(await mayStay()).toBe(false);
    granted = 'all';
    expect(await mayStay()).toBe(true);
  });

  it('F94 may not when nobody can tell', async () => {
    let isKnown = true;
    const mayStay = await listen(() => {
      if (isKnown) return 'all';
      throw new Error('the directory does not answer');
    });
    isKnown = false;
    expect(await mayStay()).toBe(false);
  });
});
