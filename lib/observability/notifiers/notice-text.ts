import type { JobEventName, JobEvents } from '../../core/job-events.js';
import { DEFAULT_INSTANCE } from '../../core/option-defaults.js';
import type { JobNotice } from '../../core/ports/notifier.js';
import { redactSecrets } from '../../core/redact.js';
import { oneLine } from '../log-line.js';

/** The event as it may leave the house: its error on one line, at most 500 characters, without secrets. */
export function noticeOf<Name extends JobEventName>(
  event: Name,
  instance: string,
  told: JobEvents[Name],
): JobNotice {
  const notice = { ...told, event, instance };
  const error: unknown = 'error' in told ? told.error : undefined;
  // One member of the union by construction: the event and its fields belong together.
  return (typeof error === 'string' ? { ...notice, error: safeText(error) } : notice) as unknown as JobNotice;
}

/** One line for people. */
export function defaultText(notice: JobNotice): string {
  const where = notice.instance === DEFAULT_INSTANCE ? '' : ` of ${notice.instance}`;
  const facts = [`queue ${notice.queue}${where}`];
  if ('attempt' in notice) facts.push(`attempt ${notice.attempt}`);
  facts.push(`job ${notice.jobId}`);
  const said = textOf(notice);
  return `[${notice.event}] ${notice.jobType}${said === '' ? '' : `: ${said}`} (${facts.join(', ')})`;
}

/** One line for what was not told one by one. */
export function summaryText(counts: ReadonlyMap<JobEventName, number>): string {
  const parts = [...counts].map(([event, count]) => `${count} ${event}`);
  const all = [...counts.values()].reduce((sum, count) => sum + count, 0);
  return `… and ${all} more within the last minute: ${parts.join(', ')}`;
}

function textOf(notice: JobNotice): string {
  if ('error' in notice) return notice.error;
  if ('reason' in notice && notice.reason !== null) return safeText(notice.reason);
  return '';
}

function safeText(text: string): string {
  return oneLine(redactSecrets(text));
}
