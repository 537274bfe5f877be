import { DASHBOARD_ROUTES, type Permission } from 'nestjs-kyu/dashboard';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { send, UNFORGED, type ApiAnswer } from '../support/dashboard/api-client.js';
import { ADAPTERS, openDashboardApp, type DashboardApp } from '../support/dashboard/dashboard-app.js';
import { expectedOf } from '../support/dashboard/expected-routes.js';
import { SPELLINGS } from '../support/dashboard/spellings.js';
import { TestLedger } from '../support/test-ledger.js';

const PERMISSIONS: readonly Permission[] = [
  'read',
  'payloads',
  'enqueue',
  'retry',
  'cancel',
  'delete',
  'change',
  'pause',
  'schedules',
  'workers',
];
const ROLES: readonly (readonly [name: string, permissions: readonly Permission[]])[] = [
  ['none', []],
  ...PERMISSIONS.map((permission) => [permission, [permission]] as const),
  ['all', PERMISSIONS],
];
const SOME_ID = '01900000-0000-7000-8000-000000000000';
const AT_ONCE = 16;
const isFull = process.env['KYU_FULL_MATRIX'] === '1';

let ledger: TestLedger;

beforeAll(async () => {
  ledger = await TestLedger.open('dash_matrix');
});

afterAll(() => ledger.close());

/** A request of the matrix, and who asks. */
interface Probe {
  readonly route: (typeof DASHBOARD_ROUTES)[number];
  readonly role: string;
  readonly permissions: readonly Permission[];
  readonly spelling: string;
  readonly method: string;
  readonly path: string;
}

describe.each(ADAPTERS)('who may do what, on %s', (adapter) => {
  let open: DashboardApp;

  beforeAll(async () => {
    const access = ({ headers }: { headers: Readonly<Record<string, unknown>> }) =>
      ROLES.find(([name]) => name === headers['x-role'])?.[1] ?? 'none';
    open = await openDashboardApp({
      adapter,
      kyu: ledger.options({ autoStart: false }),
      dashboard: [
        { path: 'ops/kyu', access },
        { path: 'shown/kyu', access, readOnly: true },
      ],
    });
  });

  afterAll(() => open.app.close());

  async function ask(probe: Probe): Promise<ApiAnswer> {
    const { method, path, role, route } = probe;
    const body = method === 'GET' || method === 'HEAD' ? undefined : bodyFor(route.name);
    return send(open.url, { method, path, headers: { ...UNFORGED, 'x-role': role }, body });
  }

  it('F94 lets nobody do what they may not, in any spelling of any route', async () => {
    const probes = matrix('/ops/kyu').filter(({ route, permissions }) => !mayUse(route, permissions));
    expect(probes.length).toBeGreaterThan(3_000);
    const leaks: string[] = [];
    await eachOf(probes, async (probe) => {
      const answer = await ask(probe);
      if (isLet(answer, probe)) {
        leaks.push(`${describeProbe(probe)} was answered ${answer.status} ${answer.text}`);
      }
    });
    expect(leaks).toEqual([]);
  });

  it('F94 lets everybody do what they may', async () => {
    const probes = matrix('/ops/kyu').filter(
      ({ route, permissions, spelling, method }) =>
        mayUse(route, permissions) && spelling === 'as it is' && method === route.method,
    );
    const refused: string[] = [];
    await eachOf(probes, async (probe) => {
      const { status, text } = await ask(probe);
      // A login that nobody set up is not there; everything else is.
      const isMissing =
        status === 404 && text.includes('KYU_API_NOT_FOUND') && !probe.route.path.startsWith('auth/');
      if ([401, 403, 405, 415, 500].includes(status) || isMissing) {
        refused.push(`${describeProbe(probe)} was answered ${status} ${text.slice(0, 120)}`);
      }
    });
    expect(refused).toEqual([]);
  });

  it('F94 changes nothing where the dashboard only shows', async () => {
    const changes = DASHBOARD_ROUTES.filter((route) => {
      const { permission } = expectedOf(route);
      return route.method !== 'GET' && permission !== 'public' && permission !== 'read';
    });
    const probes = SPELLINGS.flatMap(([spelling, spell]) =>
      changes.map((route) => ({
        route,
        role: 'all',
        permissions: PERMISSIONS,
        spelling,
        method: route.method as string,
        path: spell(pathOf('/shown/kyu', route.path)),
      })),
    );
    const leaks: string[] = [];
    await eachOf(probes, async (probe) => {
      const answer = await ask(probe);
      if (isLet(answer, probe)) leaks.push(`${describeProbe(probe)} was answered ${answer.status}`);
      if (probe.spelling === 'as it is') expect(answer.json.error?.code).toBe('KYU_API_READ_ONLY');
    });
    expect(leaks).toEqual([]);
  });
});

/**
 * Everybody who may do nothing, or only look, in every spelling; the others in every third one, each in another third.
 * KYU_FULL_MATRIX=1 asks all.
 */
function matrix(base: string): Probe[] {
  return ROLES.flatMap(([role, permissions], place) =>
    SPELLINGS.filter((_, index) => isFull || place < 2 || index === 0 || (index + place) % 3 === 0).flatMap(
      ([spelling, spell]) =>
        DASHBOARD_ROUTES.flatMap((route) =>
          methodsOf(route, role).map((method) => {
            return { route, role, permissions, spelling, method, path: spell(pathOf(base, route.path)) };
          }),
        ),
    ),
  );
}

/** HEAD is GET without the answer's body; that it is guarded alike shows at whoever may do nothing. */
function methodsOf({ method }: Probe['route'], role: string): string[] {
  return method === 'GET' && role === 'none' ? ['GET', 'HEAD'] : [method];
}

function pathOf(base: string, path: string): string {
  const values: Record<string, string> = {
    id: SOME_ID,
    name: 'some-name',
    provider: 'github',
    fingerprint: '0123456789abcdef',
  };
  return `${base}/api/v1/${path.replaceAll(/:(\w+)/g, (_, name: string) => values[name] ?? 'x')}`;
}

function mayUse(route: Probe['route'], permissions: readonly Permission[]): boolean {
  const { permission } = expectedOf(route);
  return permission === 'public' || permissions.includes(permission);
}

/**
 * Whoever gets data was let in; refusals and what is not there tell nothing. A spelling that is another path may be a
 * page of the dashboard, for those who may look at it.
 */
function isLet({ status, text, headers }: ApiAnswer, { permissions }: Probe): boolean {
  const isPage = headers['content-type']?.includes('text/html') === true;
  return (status < 400 && !(isPage && permissions.includes('read'))) || text.includes('"data"');
}

function bodyFor(name: string): unknown {
  if (name === 'enqueueJob') return { type: 'some_type' };
  if (name === 'rescheduleJob') return { when: '1h' };
  if (name === 'changeJob') return { priority: 1 };
  if (name === 'previewSchedule') return { cron: '0 7 * * *' };
  if (name === 'fixFinding') return { code: 'redis-behind' };
  if (name === 'writeSchedule') return { cron: '0 7 * * *', type: 'some_type' };
  if (name === 'rescheduleJobs') return { query: 'type:x', when: '1h', dryRun: true };
  if (name.endsWith('Jobs')) return { query: 'type:x status:dead', dryRun: true };
  return {};
}

function describeProbe({ role, method, path, spelling }: Probe): string {
  return `${role}: ${method} ${path} (${spelling})`;
}

async function eachOf<Item>(items: readonly Item[], action: (item: Item) => Promise<void>): Promise<void> {
  const left = [...items];
  const worker = async (): Promise<void> => {
    for (let item = left.pop(); item !== undefined; item = left.pop()) await action(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}
