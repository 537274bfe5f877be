import type { EnqueueOptions } from '../../core/resolve-enqueue-options.js';
import type { JobChange } from '../../admin/job-change.js';
import type { Duration } from '../../core/duration.js';
import { badBody } from '../refusal.js';
import {
  ANYTHING,
  INSTANT,
  INTEGER,
  listOf,
  named,
  NUMBER,
  OPEN_RECORD,
  orNull,
  record,
  TEXT,
  type Schema,
} from '../schemas/schema.js';
import { operatorOf, param, type Call } from './call.js';
import type { Route } from './route.js';

const REASON: Schema = { ...TEXT, maxLength: 4_096, description: 'For the trail.' };
const WHY = record({}, { reason: REASON });
const WHEN: Schema = { ...TEXT, maxLength: 64, description: "An instant, or a span from now such as '5m'." };
const SPAN_OR_TEXT: Schema = { anyOf: [NUMBER, TEXT] };

const JOB_OPTIONS = record(
  {},
  {
    queue: TEXT,
    priority: { anyOf: [INTEGER, TEXT] },
    delay: SPAN_OR_TEXT,
    scheduledAt: orNull(INSTANT),
    maxRetries: INTEGER,
    maxAttempts: INTEGER,
    timeout: SPAN_OR_TEXT,
    backoff: { anyOf: [TEXT, OPEN_RECORD] },
    deadlineAt: orNull(INSTANT),
    tags: listOf(TEXT),
    unique: { anyOf: [{ type: 'boolean' }, OPEN_RECORD] },
  },
);

const CHANGE = record(
  {},
  {
    queue: TEXT,
    priority: INTEGER,
    payload: ANYTHING,
    maxRetries: INTEGER,
    timeout: SPAN_OR_TEXT,
    tags: listOf(TEXT),
    deadlineAt: orNull(INSTANT),
    reason: REASON,
  },
);

/** Adds jobs, and changes single ones. */
export const JOB_VERB_ROUTES: readonly Route[] = [
  {
    name: 'enqueueJob',
    method: 'POST',
    path: 'jobs',
    permission: 'enqueue',
    tag: 'Jobs',
    summary: 'Enqueues a job.',
    body: record(
      { type: { ...TEXT, maxLength: 256 } },
      { payload: ANYTHING, options: JOB_OPTIONS, reason: REASON },
    ),
    answers: 'json',
    status: 201,
    schema: named('EnqueuedJob'),
    handle: enqueueJob,
  },
  {
    name: 'retryJob',
    method: 'POST',
    path: 'jobs/:id/retry',
    permission: 'retry',
    tag: 'Jobs',
    summary: 'Runs a job again that failed, is dead or was cancelled.',
    body: WHY,
    bodyIsOptional: true,
    answers: 'json',
    schema: named('Changed'),
    handle: (call) => changed(call, (id, by) => call.services.kyu.admin.retry(id, by)),
  },
  {
    name: 'cancelJob',
    method: 'POST',
    path: 'jobs/:id/cancel',
    permission: 'cancel',
    tag: 'Jobs',
    summary: 'Cancels a job; one that runs is asked to end.',
    body: WHY,
    bodyIsOptional: true,
    answers: 'json',
    schema: named('Changed'),
    handle: (call) => changed(call, (id, by) => call.services.kyu.admin.cancel(id, by)),
  },
  {
    name: 'runJobNow',
    method: 'POST',
    path: 'jobs/:id/run-now',
    permission: 'change',
    tag: 'Jobs',
    summary: 'A job that waits for its time does not any more.',
    body: WHY,
    bodyIsOptional: true,
    answers: 'json',
    schema: named('Changed'),
    handle: (call) => changed(call, (id, by) => call.services.kyu.admin.runNow(id, by)),
  },
  {
    name: 'rescheduleJob',
    method: 'POST',
    path: 'jobs/:id/reschedule',
    permission: 'change',
    tag: 'Jobs',
    summary: 'Gives a job another time.',
    body: record({ when: WHEN }, { reason: REASON }),
    answers: 'json',
    schema: named('Changed'),
    handle: (call) => {
      const when = whenOf(call.body['when']);
      return changed(call, (id, by) => call.services.kyu.admin.reschedule(id, when, by));
    },
  },
  {
    name: 'changeJob',
    method: 'PATCH',
    path: 'jobs/:id',
    permission: 'change',
    tag: 'Jobs',
    summary: 'Changes a job that does not run and has not ended.',
    body: CHANGE,
    answers: 'json',
    schema: named('Changed'),
    handle: changeJob,
  },
  {
    name: 'deleteJob',
    method: 'DELETE',
    path: 'jobs/:id',
    permission: 'delete',
    tag: 'Jobs',
    summary: 'Removes a job and its runs for good, unless it runs.',
    body: WHY,
    bodyIsOptional: true,
    answers: 'json',
    schema: named('Changed'),
    handle: deleteJob,
  },
];

async function enqueueJob(call: Call): Promise<unknown> {
  const { type, payload = null, options = {} } = call.body;
  const given = options as Record<string, unknown>;
  const wanted = { ...given, ...readInstants(given, ['scheduledAt', 'deadlineAt']) } as EnqueueOptions;
  const { id, created } = await call.services.kyu.enqueueFor(operatorOf(call), String(type), payload, wanted);
  return { id, created };
}

type By = ReturnType<typeof operatorOf>;

async function changed(call: Call, verb: (id: string, by: By) => Promise<unknown>): Promise<unknown> {
  const id = param(call, 'id');
  await verb(id, operatorOf(call));
  return { id, status: (await call.services.kyu.admin.get(id)).status };
}

function changeJob(call: Call): Promise<unknown> {
  const { reason: _, ...change } = call.body;
  const wanted = { ...change, ...readInstants(change, ['deadlineAt']) } as JobChange;
  return changed(call, (id, by) => call.services.kyu.admin.change(id, wanted, by));
}

async function deleteJob(call: Call): Promise<unknown> {
  const id = param(call, 'id');
  await call.services.kyu.admin.delete(id, operatorOf(call));
  return { id, status: null };
}

/** A span as it is, an instant as a Date. */
export function whenOf(when: unknown): Date | Duration {
  if (typeof when !== 'string') throw badBody('body.when is missing');
  return /^\d{4}-/.test(when) ? instantOf('when', when) : when;
}

/** JSON has no dates; the services take no text for one. */
function readInstants(values: Record<string, unknown>, names: readonly string[]): Record<string, Date> {
  const texts = names.filter((name) => typeof values[name] === 'string');
  return Object.fromEntries(texts.map((name) => [name, instantOf(name, String(values[name]))]));
}

function instantOf(field: string, text: string): Date {
  const date = new Date(text);
  if (/^\d{4}-\d\d-\d\d/.test(text) && !Number.isNaN(date.getTime())) return date;
  throw badBody(`${field} is no instant; give one such as 2030-01-31T08:00:00Z`);
}
