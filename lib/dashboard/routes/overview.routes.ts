import type { TrafficWindow } from '../../core/traffic.js';
import type { ErrorGroup } from '../contract.js';
import { COUNT, FLAG, listOf, named, record, TEXT } from '../schemas/schema.js';
import { seriesPoint } from '../traffic-answers.js';
import { numberOf, operatorOf, param, textOf, type Call } from './call.js';
import type { QueryRule, Route } from './route.js';

const WINDOW: QueryRule = { type: 'string', enum: ['1h', '24h', '7d'], default: '1h' };

/** How everything stands. */
export const OVERVIEW_ROUTES: readonly Route[] = [
  {
    name: 'readOverview',
    method: 'GET',
    path: 'overview',
    permission: 'read',
    tag: 'Overview',
    summary: 'Problems in words, counts, and what went in and out.',
    query: { window: WINDOW },
    answers: 'json',
    schema: named('Overview'),
    handle: readOverview,
  },
  {
    name: 'listErrors',
    method: 'GET',
    path: 'errors',
    permission: 'read',
    tag: 'Errors',
    summary: 'Errors of a window in groups, those with the most runs first.',
    query: { window: { ...WINDOW, default: '24h' }, limit: { type: 'integer', minimum: 1, maximum: 200 } },
    answers: 'json',
    schema: named('ErrorGroups'),
    handle: listErrors,
  },
  {
    name: 'retryErrors',
    method: 'POST',
    path: 'errors/:fingerprint/retry',
    permission: 'retry',
    tag: 'Errors',
    summary: 'Runs the dead jobs of a group again.',
    body: record(
      {},
      {
        dryRun: FLAG,
        reason: { ...TEXT, maxLength: 4_096 },
        limit: { ...COUNT, minimum: 1, maximum: 10_000 },
      },
    ),
    bodyIsOptional: true,
    answers: 'json',
    schema: named('Bulk'),
    handle: retryErrors,
  },
  {
    name: 'readStats',
    method: 'GET',
    path: 'stats',
    permission: 'read',
    tag: 'Overview',
    summary:
      'How many jobs there are by status, type and queue; those of the statuses in estimated are taken from a sample.',
    answers: 'json',
    schema: named('Stats'),
    handle: readStats,
  },
  {
    name: 'listJobTypes',
    method: 'GET',
    path: 'job-types',
    permission: 'read',
    tag: 'Overview',
    summary:
      'The job types of which there are jobs; on a large ledger those that its newest jobs and a sample show.',
    answers: 'json',
    schema: listOf(TEXT),
    handle: async ({ services }) => Object.keys((await services.kyu.admin.stats()).byType),
  },
];

async function readStats({ services }: Call): Promise<unknown> {
  const { total, estimated, byStatus, byType, byQueue } = await services.kyu.admin.stats();
  return { total, estimated, byStatus, byType, byQueue };
}

async function readOverview(call: Call): Promise<unknown> {
  const { admin } = call.services.kyu;
  const overview = await admin.overview({ window: windowOf(call, '1h') });
  const { at, series, ...figures } = overview;
  return { ...figures, at: at.toISOString(), series: series.map(seriesPoint) };
}

async function listErrors(call: Call): Promise<unknown> {
  const limit = numberOf(call, 'limit');
  const { groups, approximate } = await call.services.kyu.admin.errorGroups({
    window: windowOf(call, '24h'),
    ...(limit === undefined ? {} : { limit }),
  });
  const rows: ErrorGroup[] = groups.map(({ firstSeenAt, lastSeenAt, ...group }) => {
    return { ...group, firstSeenAt: firstSeenAt.toISOString(), lastSeenAt: lastSeenAt.toISOString() };
  });
  return { groups: rows, approximate };
}

function retryErrors(call: Call): Promise<unknown> {
  const { limit, dryRun } = call.body;
  return call.services.kyu.admin.retryErrorGroup(param(call, 'fingerprint'), {
    ...operatorOf(call),
    ...(typeof limit === 'number' ? { limit } : {}),
    dryRun: dryRun === true,
  });
}

function windowOf(call: Call, otherwise: TrafficWindow): TrafficWindow {
  return (textOf(call, 'window') as TrafficWindow | undefined) ?? otherwise;
}
