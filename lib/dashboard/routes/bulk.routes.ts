import {
  DELETABLE_STATUSES,
  RETRYABLE_STATUSES,
  type DeleteSelection,
  type JobSelection,
  type RetrySelection,
} from '../../admin/job-query.js';
import type { BulkData } from '../contract.js';
import type { Permission } from '../contract.js';
import { badBody } from '../refusal.js';
import { FLAG, named, record, TEXT, type Schema } from '../schemas/schema.js';
import { operatorOf, type Call } from './call.js';
import { readableSearch } from './job-words.js';
import { whenOf } from './job-verb.routes.js';
import type { Route } from './route.js';

type Options = ReturnType<typeof operatorOf> & { limit?: number; dryRun?: boolean };

const FIELDS: Readonly<Record<string, Schema>> = {
  query: { ...TEXT, maxLength: 2_000, description: 'Which jobs, in the query language.' },
  ids: { type: 'array', items: { ...TEXT, minLength: 36, maxLength: 36 }, minItems: 1, maxItems: 500 },
  dryRun: { ...FLAG, description: 'Only counts.' },
  reason: { ...TEXT, maxLength: 4_096, description: 'For the trail.' },
  limit: { type: 'integer', minimum: 1, maximum: 10_000, description: 'At most so many now.' },
};

/** A query has to say the status, so that nothing is caught by an oversight; who picks jobs sees it. */
const PICKED: Readonly<Record<string, JobSelection>> = {
  retry: { status: RETRYABLE_STATUSES },
  delete: { status: DELETABLE_STATUSES },
};

/** One call may change so many jobs unless it says otherwise; the pages go on until nothing matches. */
const DEFAULT_LIMIT = 10_000;

/** Verbs on many jobs. */
export const BULK_ROUTES: readonly Route[] = [
  bulk('retry', 'retry', 'Runs many jobs again.', (call, jobs, by) =>
    call.services.kyu.admin.retryMany(jobs as RetrySelection, by),
  ),
  bulk('cancel', 'cancel', 'Cancels many jobs.', (call, jobs, by) =>
    call.services.kyu.admin.cancelMany(jobs, by),
  ),
  bulk('delete', 'delete', 'Removes many jobs for good.', (call, jobs, by) =>
    call.services.kyu.admin.deleteMany(jobs as DeleteSelection, by),
  ),
  bulk('run-now', 'change', 'Lets many jobs wait no longer for their time.', (call, jobs, by) =>
    call.services.kyu.admin.runNowMany(jobs, by),
  ),
  bulk(
    'reschedule',
    'change',
    'Gives many jobs another time.',
    (call, jobs, by) => call.services.kyu.admin.rescheduleMany(jobs, whenOf(call.body['when']), by),
    { when: { ...TEXT, maxLength: 64, description: "An instant, or a span from now such as '5m'." } },
  ),
];

function bulk(
  verb: string,
  permission: Permission,
  summary: string,
  perform: (call: Call, jobs: JobSelection, by: Options) => Promise<BulkData>,
  required: Readonly<Record<string, Schema>> = {},
): Route {
  return {
    name: `${verb.replace(/-n/, 'N')}Jobs`,
    method: 'POST',
    path: `jobs/bulk/${verb}`,
    permission,
    tag: 'Many jobs',
    summary,
    body: record(required, FIELDS),
    answers: 'json',
    schema: named('Bulk'),
    handle: (call) => perform(call, jobsOf(call, PICKED[verb] ?? {}), optionsOf(call)),
  };
}

/** @param whenPicked what holds for jobs that were picked one by one, and goes without saying then */
function jobsOf(call: Call, whenPicked: JobSelection): JobSelection {
  const { query, ids } = call.body;
  if ((query === undefined) === (ids === undefined)) throw badBody('give either body.query or body.ids');
  if (Array.isArray(ids)) return { ...whenPicked, id: ids as string[] };
  const { archived, ...selection } = readableSearch(call, String(query));
  if (archived === true)
    throw badBody('body.query asks for the archive, and what is archived stays as it is');
  return selection;
}

function optionsOf(call: Call): Options {
  const { limit, dryRun } = call.body;
  const isDryRun = dryRun === true;
  return {
    ...operatorOf(call),
    ...(typeof limit === 'number' ? { limit } : isDryRun ? {} : { limit: DEFAULT_LIMIT }),
    dryRun: isDryRun,
  };
}
