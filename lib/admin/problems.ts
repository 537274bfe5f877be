import { formatDuration } from '../core/duration.js';
import type { DispatchMode } from '../core/events.js';
import { formatJobSearch } from '../core/format-search.js';
import type { JobSearch } from '../core/job-selection.js';
import type { LivingGroup, StandingReading, TrafficReading } from '../core/ports/traffic-readings.js';
import type { Problem } from '../core/traffic.js';

/** How a process hears of jobs, and how its options say that it should. */
export interface Dispatching {
  readonly mode: DispatchMode;
  readonly configured: DispatchMode;
}

const OLD_PENDING_MS = 300_000;
const HELD_TRANSACTION_MS = 600_000;
const MANY_ERRORS = 0.2;
const ENOUGH_RUNS = 20;

/** What somebody should look at, worst first; nothing when all is well. */
export function problemsOf(
  standing: StandingReading,
  traffic: TrafficReading,
  dispatching: Dispatching,
): Problem[] {
  const found = [
    ...desertedQueues(standing.groups),
    ...unhandledTypes(standing.groups),
    ...deadJobs(standing),
    ...errorRate(traffic),
    ...oldPending(standing.groups),
    ...redisAway(dispatching),
    ...lateSchedules(standing),
    ...heldTransaction(standing),
    ...pausedBacklogs(standing.groups),
  ];
  return found.sort((left, right) => SEVERITIES.indexOf(left.severity) - SEVERITIES.indexOf(right.severity));
}

const SEVERITIES: readonly Problem['severity'][] = ['critical', 'warning', 'note'];

function desertedQueues(groups: readonly LivingGroup[]): Problem[] {
  const deserted = groups.filter(
    ({ pending, liveWorkers, isPaused }) => pending > 0 && liveWorkers === 0 && !isPaused,
  );
  return [...new Set(deserted.map(({ queue }) => queue))].map((queue) => ({
    severity: 'critical',
    code: 'no-worker',
    text: `No living worker serves the queue "${queue}": ${waiting(countOf(deserted, queue))} there.`,
    remedy: 'Start a worker process for it, or see why those that there were have ended.',
    link: linkTo({ queue, status: 'pending' }),
  }));
}

function unhandledTypes(groups: readonly LivingGroup[]): Problem[] {
  return groups
    .filter(
      (group) => group.pending > 0 && group.liveWorkers > 0 && group.ableWorkers === 0 && !group.isPaused,
    )
    .map(({ queue, type, pending }) => ({
      severity: 'critical',
      code: 'no-handler',
      text: `No living worker of the queue "${queue}" handles "${type}": ${waiting(pending)}.`,
      remedy: 'Deploy a worker with a @JobHandler for it, or cancel the jobs.',
      link: linkTo({ queue, type, status: 'pending' }),
    }));
}

function deadJobs({ diedLately, counts }: StandingReading): Problem[] {
  if (diedLately > 0) {
    const text = `${capital(jobs(diedLately))} died within the last hour; ${counts.dead === 1 ? 'one is' : `${counts.dead} are`} dead in all.`;
    const remedy = 'The page of errors says of what; when that is mended, retry the group.';
    return [{ severity: 'warning', code: 'dead-jobs-growing', text, remedy, link: '/errors' }];
  }
  if (counts.dead === 0) return [];
  const text = `${capital(jobs(counts.dead))} ${counts.dead === 1 ? 'is' : 'are'} dead; none died within the last hour.`;
  const remedy = 'Retry them or delete them.';
  return [{ severity: 'note', code: 'dead-jobs', text, remedy, link: linkTo({ status: 'dead' }) }];
}

function errorRate({ failed, completed }: TrafficReading): Problem[] {
  const errors = failed.reduce((sum, { count }) => sum + count, 0);
  const ended = errors + completed.reduce((sum, { count }) => sum + count, 0);
  if (ended < ENOUGH_RUNS || errors / ended < MANY_ERRORS) return [];
  const text = `${Math.round((100 * errors) / ended)} % of the runs that ended in this window ended with an error.`;
  const remedy = 'The page of errors says with which.';
  return [{ severity: 'warning', code: 'many-errors', text, remedy, link: '/errors' }];
}

function oldPending(groups: readonly LivingGroup[]): Problem[] {
  return groups
    .filter(
      ({ oldestPendingMs, isPaused, ableWorkers }) =>
        !isPaused && ableWorkers > 0 && (oldestPendingMs ?? 0) > OLD_PENDING_MS,
    )
    .map(({ queue, type, oldestPendingMs }) => ({
      severity: 'warning',
      code: 'old-pending',
      text: `The oldest "${type}" job of the queue "${queue}" has waited for ${formatDuration(roughly(oldestPendingMs ?? 0))}.`,
      remedy: 'More workers, a larger concurrency, or a higher priority: explain() says what it waits for.',
      link: linkTo({ queue, type, status: 'pending' }, 'asc'),
    }));
}

function redisAway({ mode, configured }: Dispatching): Problem[] {
  if (mode === configured) return [];
  const text = 'Redis is away: PostgreSQL dispatches, and jobs start up to a second later.';
  const remedy = 'Start Redis again; Kyu comes back to it by itself.';
  return [{ severity: 'warning', code: 'redis-away', text, remedy, link: '/settings' }];
}

function lateSchedules({ lateSchedules: late }: StandingReading): Problem[] {
  if (late === 0) return [];
  const text = `${late === 1 ? 'One schedule is' : `${late} schedules are`} more than a minute late.`;
  const remedy = 'A worker process of the application that they belong to has to run.';
  return [{ severity: 'warning', code: 'late-schedules', text, remedy, link: '/schedules' }];
}

function heldTransaction({ oldestTransactionMs }: StandingReading): Problem[] {
  if (oldestTransactionMs < HELD_TRANSACTION_MS) return [];
  const text = `A database session has held a transaction open for ${formatDuration(roughly(oldestTransactionMs))}: dead rows cannot be removed.`;
  const remedy = 'The doctor says which; end it, or give sessions an idle_in_transaction_session_timeout.';
  return [{ severity: 'warning', code: 'held-transaction', text, remedy, link: '/settings' }];
}

function pausedBacklogs(groups: readonly LivingGroup[]): Problem[] {
  return groups
    .filter(({ isPaused, pending }) => isPaused && pending > 0)
    .map(({ queue, type, pending }) => ({
      severity: 'note',
      code: 'paused-backlog',
      text: `${capital(jobs(pending))} of "${type}" ${pending === 1 ? 'rests' : 'rest'} in the queue "${queue}", because it is paused.`,
      remedy: 'Resume it when the reason is gone.',
      link: '/queues',
    }));
}

function countOf(groups: readonly LivingGroup[], queue: string): number {
  return groups.filter((group) => group.queue === queue).reduce((sum, { pending }) => sum + pending, 0);
}

function jobs(count: number): string {
  return count === 1 ? 'one job' : `${count} jobs`;
}

function waiting(count: number): string {
  return `${jobs(count)} ${count === 1 ? 'waits' : 'wait'}`;
}

/** As at the beginning of a sentence. */
function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Seconds are enough for people, and minutes beyond an hour. */
function roughly(milliseconds: number): number {
  const unit = milliseconds < 3_600_000 ? 1_000 : 60_000;
  return Math.max(unit, Math.round(milliseconds / unit) * unit);
}

function linkTo(search: JobSearch, order?: 'asc'): string {
  return `/jobs?query=${encodeURIComponent(formatJobSearch(search))}${order === undefined ? '' : `&order=${order}`}`;
}
