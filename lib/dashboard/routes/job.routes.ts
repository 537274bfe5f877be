import { PAYLOAD_PREFIX } from '../../core/search-fields.js';
import type { JobRow, JobSort } from '../contract.js';
import { explanationOf, jobDetail, jobRow, logLine, runDetail, wholeJobRow } from '../job-answers.js';
import { jsonTextAnswer, type HttpReply } from '../http/answers.js';
import { listOf, named, type Schema } from '../schemas/schema.js';
import { numberOf, param, textOf, type Call } from './call.js';
import { readableSearch } from './job-words.js';
import type { QueryRule, Route } from './route.js';

const QUERY: QueryRule = {
  type: 'string',
  maxLength: 2_000,
  description: 'Which jobs, in the query language.',
};
const LIMIT: QueryRule = { type: 'integer', minimum: 1, maximum: 200, default: 50 };
const CURSOR: QueryRule = {
  type: 'string',
  maxLength: 500,
  description: 'The nextCursor of the page before.',
};
const SORT: QueryRule = {
  type: 'string',
  enum: ['created', 'updated', 'finished', 'scheduled', 'priority'],
  default: 'created',
};
const ORDER: QueryRule = { type: 'string', enum: ['asc', 'desc'], default: 'desc' };
const AT: QueryRule = {
  type: 'integer',
  minimum: 0,
  maximum: 2_000,
  description: 'Where the cursor stands.',
};
const COUNTED: Schema = named('JobCounts');

const DEFAULT_LIMIT = 50;
/** More children than this are found by `parent:<id>`. */
const MOST_CHILDREN = 100;

/** Looks at jobs. */
export const JOB_ROUTES: readonly Route[] = [
  {
    name: 'listJobs',
    method: 'GET',
    path: 'jobs',
    permission: 'read',
    tag: 'Jobs',
    summary:
      'One page of jobs, without payloads and results. Where time runs out, searchedTo says how far it came, and nextCursor goes on.',
    query: { query: QUERY, sort: SORT, order: ORDER, limit: LIMIT, cursor: CURSOR },
    answers: 'json',
    schema: named('JobPage'),
    handle: listJobs,
  },
  {
    name: 'countJobs',
    method: 'GET',
    path: 'jobs/counts',
    permission: 'read',
    tag: 'Jobs',
    summary:
      'How many jobs match by status, counted no further than cappedAt, nor back beyond countedSince; estimated names the statuses that were not counted; a status in the query is left aside.',
    query: { query: QUERY },
    answers: 'json',
    schema: COUNTED,
    handle: countJobs,
  },
  {
    name: 'suggestWords',
    method: 'GET',
    path: 'jobs/suggestions',
    permission: 'read',
    tag: 'Jobs',
    summary: 'What may be written next in a query.',
    query: { query: QUERY, at: AT },
    answers: 'json',
    schema: listOf(named('Suggestion')),
    handle: suggest,
  },
  {
    name: 'readJob',
    method: 'GET',
    path: 'jobs/:id',
    permission: 'read',
    tag: 'Jobs',
    summary:
      'One job with its runs, its log, its children and why it does not run; without payload and result.',
    answers: 'json',
    schema: named('JobDetail'),
    handle: readJob,
  },
  {
    name: 'readPayload',
    method: 'GET',
    path: 'jobs/:id/payload',
    permission: 'payloads',
    tag: 'Jobs',
    summary: 'The payload as JSON text, as the ledger keeps it.',
    answers: 'text',
    handle: (call) => readText(call, 'payload'),
  },
  {
    name: 'readResult',
    method: 'GET',
    path: 'jobs/:id/result',
    permission: 'payloads',
    tag: 'Jobs',
    summary: 'The result as JSON text, as the ledger keeps it; null when there is none.',
    answers: 'text',
    handle: (call) => readText(call, 'result'),
  },
  {
    name: 'listRuns',
    method: 'GET',
    path: 'jobs/:id/runs',
    permission: 'read',
    tag: 'Jobs',
    summary: 'Every run that has ended, oldest first.',
    answers: 'json',
    schema: listOf(named('RunDetail')),
    handle: async (call) => (await call.services.kyu.admin.runs(param(call, 'id'))).map(runDetail),
  },
  {
    name: 'listLogLines',
    method: 'GET',
    path: 'jobs/:id/logs',
    permission: 'read',
    tag: 'Jobs',
    summary: 'What its handlers logged, oldest first.',
    answers: 'json',
    schema: listOf(named('LogLine')),
    handle: async (call) => (await call.services.kyu.admin.logs(param(call, 'id'))).map(logLine),
  },
  {
    name: 'explainJob',
    method: 'GET',
    path: 'jobs/:id/explain',
    permission: 'read',
    tag: 'Jobs',
    summary: 'Why it does not run.',
    answers: 'json',
    schema: named('Explanation'),
    handle: async (call) => explanationOf(await call.services.kyu.admin.explain(param(call, 'id'))),
  },
  {
    name: 'readLineage',
    method: 'GET',
    path: 'jobs/:id/lineage',
    permission: 'read',
    tag: 'Jobs',
    summary: 'The job that enqueued it, and the first hundred that it enqueued.',
    answers: 'json',
    schema: named('Lineage'),
    handle: readLineage,
  },
];

async function listJobs(call: Call): Promise<unknown> {
  const text = textOf(call, 'query') ?? '';
  readableSearch(call, text);
  const sort = textOf(call, 'sort') as JobSort | undefined;
  const order = textOf(call, 'order') as 'asc' | 'desc' | undefined;
  const page = await call.services.kyu.admin.search(text, {
    limit: numberOf(call, 'limit') ?? DEFAULT_LIMIT,
    cursor: textOf(call, 'cursor') ?? null,
    ...(sort === undefined ? {} : { sort }),
    ...(order === undefined ? {} : { order }),
  });
  const searchedTo = page.searchedTo?.toISOString() ?? null;
  return { jobs: page.jobs.map(jobRow), nextCursor: page.nextCursor, searchedTo };
}

async function countJobs(call: Call): Promise<unknown> {
  const text = textOf(call, 'query') ?? '';
  readableSearch(call, text);
  const { counts, cappedAt, estimated, countedSince } = await call.services.kyu.admin.counts(text);
  return { counts, cappedAt, estimated, countedSince: countedSince?.toISOString() ?? null };
}

/** The keys of payloads are what is in them, too. */
async function suggest(call: Call): Promise<unknown> {
  const text = textOf(call, 'query') ?? '';
  const at = Math.min(text.length, numberOf(call, 'at') ?? text.length);
  const suggestions = await call.services.kyu.admin.suggest(text, at);
  if (call.visitor.permissions.has('payloads')) return suggestions;
  return suggestions.filter((one) => !one.text.startsWith(PAYLOAD_PREFIX));
}

async function readJob(call: Call): Promise<unknown> {
  const { admin } = call.services.kyu;
  const id = param(call, 'id');
  const job = await admin.get(id);
  const [runs, logs, children, explanation] = await Promise.all([
    admin.runs(id),
    admin.logs(id),
    admin.summaries({ parentId: id, limit: MOST_CHILDREN }),
    admin.explain(id),
  ]);
  const { permissions } = call.visitor;
  return jobDetail({ job, runs, logs, children: children.jobs, explanation, permissions });
}

async function readText(call: Call, part: 'payload' | 'result'): Promise<HttpReply> {
  const texts = await call.services.kyu.admin.texts(param(call, 'id'));
  return jsonTextAnswer(200, texts[part] ?? 'null');
}

async function readLineage(call: Call): Promise<unknown> {
  const { admin } = call.services.kyu;
  const job = await admin.get(param(call, 'id'));
  const [parents, children] = await Promise.all([
    job.parentId === null ? [] : parentOf(call, job.parentId),
    admin.summaries({ parentId: job.id, limit: MOST_CHILDREN }),
  ]);
  return { parent: parents[0] ?? null, children: children.jobs.map(jobRow) };
}

/** Retention may have removed it. */
async function parentOf(call: Call, id: string): Promise<JobRow[]> {
  try {
    return [wholeJobRow(await call.services.kyu.admin.get(id))];
  } catch (error) {
    if (error instanceof Error && error.name === 'JobNotFoundError') return [];
    throw error;
  }
}
