import { named, listOf, TEXT } from '../schemas/schema.js';
import type { QueryRule, Route } from './route.js';
import type { Call } from './call.js';
import { fullCounts } from '../job-answers.js';
import { textOf } from './call.js';

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
    name: 'readStats',
    method: 'GET',
    path: 'stats',
    permission: 'read',
    tag: 'Overview',
    summary: 'How many jobs there are by status, type and queue. It reads the whole table.',
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
    summary: 'The job types of which there are jobs.',
    answers: 'json',
    schema: listOf(TEXT),
    handle: async ({ services }) => Object.keys((await services.kyu.admin.stats()).byType),
  },
];

async function readStats({ services }: Call): Promise<unknown> {
  const { total, byStatus, byType, byQueue } = await services.kyu.admin.stats();
  return { total, byStatus, byType, byQueue };
}

async function readOverview(call: Call): Promise<unknown> {
  const { admin } = call.services.kyu;
  const [stats, queues] = await Promise.all([admin.stats(), admin.queues()]);
  const ages = queues.flatMap(({ oldestPendingMs }) => oldestPendingMs ?? []);
  return {
    window: textOf(call, 'window') ?? '1h',
    problems: [],
    counts: fullCounts(stats.byStatus),
    oldestPendingMs: ages.length === 0 ? null : Math.max(...ages),
    errorRate: null,
    series: [],
    byQueue: [],
    byType: [],
  };
}
