import type { ScheduleDetails } from '../../admin/schedule-details.js';
import { ScheduleNotFoundError } from '../../core/errors.js';
import type { ScheduleInput } from '../../core/schedule.js';
import type { SchedulePreview, ScheduleRow } from '../contract.js';
import { isoOf } from '../job-answers.js';
import { ANYTHING, listOf, named, OPEN_RECORD, record, TEXT } from '../schemas/schema.js';
import { operatorOf, param, type Call } from './call.js';
import type { Route } from './route.js';

const CRON = { ...TEXT, maxLength: 200 };
const ZONE = { ...TEXT, maxLength: 100 };
const REASON = { ...TEXT, maxLength: 4_096, description: 'For the trail.' };
const WHY = record({}, { reason: REASON });
const BODY = record(
  { cron: CRON, type: { ...TEXT, maxLength: 256 } },
  { timezone: ZONE, payload: ANYTHING, options: OPEN_RECORD, reason: REASON },
);

/** Looks at schedules and changes them. */
export const SCHEDULE_ROUTES: readonly Route[] = [
  {
    name: 'listSchedules',
    method: 'GET',
    path: 'schedules',
    permission: 'read',
    tag: 'Schedules',
    summary: 'Every schedule of the application.',
    answers: 'json',
    schema: listOf(named('ScheduleRow')),
    handle: listSchedules,
  },
  {
    name: 'previewSchedule',
    method: 'POST',
    path: 'schedules/preview',
    permission: 'read',
    tag: 'Schedules',
    summary: 'What an expression would come to: in words, and its next five ticks.',
    body: record({ cron: CRON }, { timezone: ZONE }),
    answers: 'json',
    schema: named('SchedulePreview'),
    handle: preview,
  },
  {
    name: 'readSchedule',
    method: 'GET',
    path: 'schedules/:name',
    permission: 'read',
    tag: 'Schedules',
    summary: 'One schedule.',
    answers: 'json',
    schema: named('ScheduleRow'),
    handle: readSchedule,
  },
  {
    name: 'writeSchedule',
    method: 'PUT',
    path: 'schedules/:name',
    permission: 'schedules',
    tag: 'Schedules',
    summary: 'Adds a schedule, or changes the one of this name.',
    body: BODY,
    answers: 'json',
    schema: named('ScheduleRow'),
    handle: writeSchedule,
  },
  {
    name: 'removeSchedule',
    method: 'DELETE',
    path: 'schedules/:name',
    permission: 'schedules',
    tag: 'Schedules',
    summary: 'Removes a schedule; its jobs stay.',
    body: WHY,
    bodyIsOptional: true,
    answers: 'json',
    schema: named('Done'),
    handle: async (call) => {
      await call.services.kyu.schedules.remove(param(call, 'name'), operatorOf(call));
      return { done: true };
    },
  },
  {
    name: 'runSchedule',
    method: 'POST',
    path: 'schedules/:name/run',
    permission: 'schedules',
    tag: 'Schedules',
    summary: 'Enqueues a job of it at once, besides its plan.',
    body: WHY,
    bodyIsOptional: true,
    answers: 'json',
    status: 201,
    schema: record({ id: TEXT }),
    handle: (call) => call.services.kyu.schedules.runNow(param(call, 'name'), operatorOf(call)),
  },
  {
    name: 'pauseSchedule',
    method: 'POST',
    path: 'schedules/:name/pause',
    permission: 'schedules',
    tag: 'Schedules',
    summary: 'Its ticks pass by until it is resumed.',
    body: WHY,
    bodyIsOptional: true,
    answers: 'json',
    schema: named('ScheduleRow'),
    handle: (call) => changed(call, 'pause'),
  },
  {
    name: 'resumeSchedule',
    method: 'POST',
    path: 'schedules/:name/resume',
    permission: 'schedules',
    tag: 'Schedules',
    summary: 'It goes on with its next tick.',
    body: WHY,
    bodyIsOptional: true,
    answers: 'json',
    schema: named('ScheduleRow'),
    handle: (call) => changed(call, 'resume'),
  },
];

async function listSchedules(call: Call): Promise<unknown> {
  const { hidePayloads } = call.services.options;
  const schedules = await call.services.kyu.schedules.details();
  return schedules.map((schedule) => scheduleRow(schedule, !hidePayloads && mayReadPayloads(call)));
}

async function readSchedule(call: Call): Promise<ScheduleRow> {
  const { schedules } = call.services.kyu;
  const { name } = await schedules.get(param(call, 'name'));
  const found = (await schedules.details()).find((schedule) => schedule.name === name);
  if (found === undefined) throw new ScheduleNotFoundError(name);
  return scheduleRow(found, mayReadPayloads(call));
}

async function writeSchedule(call: Call): Promise<unknown> {
  const { cron, timezone, type, payload, options } = call.body;
  const schedule = {
    ...(options as object | undefined),
    name: param(call, 'name'),
    cron,
    type,
    ...(timezone === undefined ? {} : { timezone }),
    ...(payload === undefined ? {} : { payload }),
  } as ScheduleInput;
  // Kept in the trail even when nobody knows who it was.
  await call.services.kyu.schedules.upsert(schedule, { actor: undefined, ...operatorOf(call) });
  return readSchedule(call);
}

async function preview(call: Call): Promise<SchedulePreview> {
  const { cron, timezone } = call.body;
  const zone = typeof timezone === 'string' ? timezone : undefined;
  const { words, nextTicks, dstNote } = await call.services.kyu.schedules.preview(String(cron), zone);
  return { words, nextTicks: nextTicks.map((tick) => tick.toISOString()), dstNote };
}

/** A verb that answers how the schedule stands then. */
async function changed(call: Call, verb: 'pause' | 'resume'): Promise<unknown> {
  await call.services.kyu.schedules[verb](param(call, 'name'), operatorOf(call));
  return readSchedule(call);
}

function mayReadPayloads({ visitor }: Call): boolean {
  return visitor.permissions.has('payloads');
}

function scheduleRow(schedule: ScheduleDetails, showsPayload: boolean): ScheduleRow {
  const { queue, missed, missedWindowMs, overlap, jitterMs, source } = schedule;
  return {
    name: schedule.name,
    cron: schedule.cron,
    timezone: schedule.timezone,
    words: schedule.words,
    type: schedule.type,
    payload: showsPayload ? schedule.payload : null,
    options: { ...schedule.options, queue, missed, missedWindow: missedWindowMs, overlap, jitter: jitterMs },
    source: source === 'decorator' || source === 'options' ? 'code' : source,
    pausedAt: isoOf(schedule.pausedAt),
    lastTickAt: isoOf(schedule.lastRunAt),
    lastJob: schedule.lastJob,
    missedTicks: schedule.missedTicks,
    nextTicks: schedule.nextTicks.map((tick) => tick.toISOString()),
    dstNote: schedule.dstNote,
  };
}
