import type { Schedule, ScheduleInput } from '../../core/schedule.js';
import type { ScheduleRow } from '../contract.js';
import { isoOf } from '../job-answers.js';
import { ANYTHING, listOf, named, OPEN_RECORD, record, TEXT } from '../schemas/schema.js';
import { param, type Call } from './call.js';
import type { Route } from './route.js';

const CRON = { ...TEXT, maxLength: 200 };
const ZONE = { ...TEXT, maxLength: 100 };
const BODY = record(
  { cron: CRON, type: { ...TEXT, maxLength: 256 } },
  { timezone: ZONE, payload: ANYTHING, options: OPEN_RECORD },
);
const SHOWN_TICKS = 5;

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
    name: 'readSchedule',
    method: 'GET',
    path: 'schedules/:name',
    permission: 'read',
    tag: 'Schedules',
    summary: 'One schedule.',
    answers: 'json',
    schema: named('ScheduleRow'),
    handle: async (call) => scheduleRow(call, await call.services.kyu.schedules.get(param(call, 'name'))),
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
    answers: 'json',
    schema: named('Done'),
    handle: async (call) => {
      await call.services.kyu.schedules.remove(param(call, 'name'));
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
    answers: 'json',
    status: 201,
    schema: record({ id: TEXT }),
    handle: (call) => call.services.kyu.schedules.runNow(param(call, 'name')),
  },
  {
    name: 'pauseSchedule',
    method: 'POST',
    path: 'schedules/:name/pause',
    permission: 'schedules',
    tag: 'Schedules',
    summary: 'Its ticks pass by until it is resumed.',
    answers: 'json',
    schema: named('ScheduleRow'),
    handle: async (call) => scheduleRow(call, await call.services.kyu.schedules.pause(param(call, 'name'))),
  },
  {
    name: 'resumeSchedule',
    method: 'POST',
    path: 'schedules/:name/resume',
    permission: 'schedules',
    tag: 'Schedules',
    summary: 'It goes on with its next tick.',
    answers: 'json',
    schema: named('ScheduleRow'),
    handle: async (call) => scheduleRow(call, await call.services.kyu.schedules.resume(param(call, 'name'))),
  },
];

async function listSchedules(call: Call): Promise<unknown> {
  const schedules = await call.services.kyu.schedules.list();
  return Promise.all(schedules.map((schedule) => scheduleRow(call, schedule)));
}

async function writeSchedule(call: Call): Promise<unknown> {
  const { cron, timezone, type, payload, options } = call.body;
  const schedule = await call.services.kyu.schedules.upsert({
    ...(options as object | undefined),
    name: param(call, 'name'),
    cron,
    type,
    ...(timezone === undefined ? {} : { timezone }),
    ...(payload === undefined ? {} : { payload }),
  } as ScheduleInput);
  return scheduleRow(call, schedule);
}

async function scheduleRow(call: Call, schedule: Schedule): Promise<ScheduleRow> {
  const { queue, missed, missedWindowMs, overlap, jitterMs } = schedule;
  const nextTicks = await call.services.kyu.schedules.next(schedule.name, SHOWN_TICKS);
  return {
    name: schedule.name,
    cron: schedule.cron,
    timezone: schedule.timezone,
    words: schedule.cron,
    type: schedule.type,
    payload: call.visitor.permissions.has('payloads') ? schedule.payload : null,
    options: { ...schedule.options, queue, missed, missedWindow: missedWindowMs, overlap, jitter: jitterMs },
    source: schedule.source === 'decorator' || schedule.source === 'options' ? 'code' : schedule.source,
    pausedAt: isoOf(schedule.pausedAt),
    lastTickAt: isoOf(schedule.lastRunAt),
    lastJob: await lastJobOf(call, schedule),
    missedTicks: 0,
    nextTicks: nextTicks.map((tick) => tick.toISOString()),
    dstNote: null,
  };
}

/** Retention may have removed it. */
async function lastJobOf(call: Call, { lastJobId }: Schedule): Promise<ScheduleRow['lastJob']> {
  if (lastJobId === null) return null;
  try {
    const { id, status } = await call.services.kyu.admin.get(lastJobId);
    return { id, status };
  } catch (error) {
    if (error instanceof Error && error.name === 'JobNotFoundError') return null;
    throw error;
  }
}
