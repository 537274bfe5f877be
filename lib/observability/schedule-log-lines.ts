import { formatDuration } from '../core/duration.js';
import type { KyuEvents } from '../core/events.js';
import { describeError, errorFields, oneLine, type LogLine } from './log-line.js';

/** The texts about schedules. */

export function firedLine({ schedule, jobId, tick, latenessMs }: KyuEvents['schedule.fired']): LogLine {
  const late = latenessMs < 1_000 ? '' : `, ${formatDuration(latenessMs)} late`;
  const message = `Schedule ${schedule} fired its tick of ${tick.toISOString()}${late}: job ${jobId}.`;
  return { level: 'debug', message, details: { schedule, jobId, tick, latenessMs } };
}

export function skippedLine({ schedule, tick, reason }: KyuEvents['schedule.skipped']): LogLine {
  const why = reason === 'overlap' ? 'its last job is unfinished' : 'nobody was there in time';
  const message = `Schedule ${schedule} has no job for its tick of ${tick.toISOString()}: ${why}.`;
  return { level: reason === 'missed' ? 'warn' : 'log', message, details: { schedule, tick, reason } };
}

export function scheduleFailedLine({ schedule, error }: KyuEvents['schedule.failed']): LogLine {
  const name = oneLine(schedule);
  const message = `Schedule ${name} cannot be used as it stands, and the others go on. ${describeError(error)}`;
  return { level: 'error', message, details: { schedule: name, ...errorFields(error) } };
}

export function syncedLine({ written, removed }: KyuEvents['schedules.synced']): LogLine {
  const message = `The provider has changed schedules: ${written.length} written, ${removed.length} removed.`;
  const details = { written: written.length, removed: removed.length };
  return { level: 'log', message, details };
}

export function syncFailedLine({ error }: KyuEvents['schedules.sync.failed']): LogLine {
  const message = `The provider of schedules failed; its schedules stay as they are. ${describeError(error)}`;
  return { level: 'error', message, details: errorFields(error) };
}
