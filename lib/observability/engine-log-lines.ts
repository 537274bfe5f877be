import { formatDuration } from '../core/duration.js';
import type { KyuEvents, RescuedJobEvent } from '../core/events.js';
import { describeError, errorFields, oneLine, type LogLine, type LogLevel } from './log-line.js';

/** The texts about the engine: queues, stores, workers, duties, shutdown. */

export function enqueuedLine({ jobs, queue }: KyuEvents['jobs.enqueued']): LogLine {
  return line('debug', `Enqueued ${jobsOf(jobs.length)} in queue ${queue}.`, { queue, count: jobs.length });
}

export function claimedLine({ claims, hints, queue }: KyuEvents['runs.claimed']): LogLine {
  return line('debug', `Claimed ${jobsOf(claims.length)} of queue ${queue}.`, {
    queue,
    count: claims.length,
    hints,
  });
}

export function announceFailedLine({ count, error, queue }: KyuEvents['announce.failed']): LogLine {
  const message =
    `The dispatcher could not be told of ${jobsOf(count)} in queue ${queue}; they start a little later. ` +
    describeError(error);
  return line('warn', message, { queue, count, ...errorFields(error) });
}

export function settleDelayedLine({ count, error }: KyuEvents['settle.delayed']): LogLine {
  const message = `The outcomes of ${count} runs could not be written and are kept for the next try. `;
  return line('warn', message + describeError(error), { count, ...errorFields(error) });
}

export function promotedLine({ count, queue }: KyuEvents['jobs.promoted']): LogLine {
  return line('debug', `Promoted ${jobsOf(count)} of queue ${queue}: their time has come.`, { queue, count });
}

/** So many jobs of one comparison are worth a line; fewer are hints that were under way at that moment. */
const NOTEWORTHY_RECONCILED = 100;

export function reconciledLevel({ count, cause }: KyuEvents['jobs.reconciled']): LogLevel {
  // A window is filled up again whenever more waits than it holds.
  if (cause === 'low') return 'debug';
  return cause === 'probe' && count < NOTEWORTHY_RECONCILED ? 'debug' : 'log';
}

export function reconciledLine(event: KyuEvents['jobs.reconciled']): LogLine {
  const { count, queue } = event;
  return line(
    reconciledLevel(event),
    `Announced ${jobsOf(count)} of queue ${queue} that the dispatcher did not know.`,
    {
      queue,
      count,
    },
  );
}

export function retiredLine({ action, count, queue, status }: KyuEvents['jobs.retired']): LogLine {
  const done = action === 'delete' ? 'Deleted' : 'Archived';
  const message = `${done} ${jobsOf(count)} of queue ${queue} that ended as ${status}: their time is over.`;
  return line('debug', message, { queue, status, action, count });
}

export function rescuedLine(job: RescuedJobEvent): LogLine {
  const dead = job.status === 'dead';
  const what = dead ? 'is dead: too many workers died while they ran it' : 'goes back to its queue';
  return line(
    dead ? 'error' : 'warn',
    `Job ${job.id} (${job.type}) was taken back from worker ${job.workerId}, which died, and ${what}.`,
    {
      jobId: job.id,
      jobType: job.type,
      queue: job.queue,
      run: job.run,
      workerId: job.workerId,
      status: job.status,
    },
  );
}

export function buriedLine({ host, pid, workerId }: KyuEvents['worker.buried']): LogLine {
  const message = `Worker ${workerId} (process ${pid} on ${oneLine(host)}) is dead: its lease ran out.`;
  return line('warn', message, { workerId, host, pid });
}

export function registeredLine({ workerId }: KyuEvents['worker.registered']): LogLine {
  return line('log', `This process is worker ${workerId}.`, { workerId });
}

export function leaseLostLine({ reason, workerId }: KyuEvents['lease.lost']): LogLine {
  const message =
    `Worker ${workerId} lost its lease: ${oneLine(reason)}. Its runs were aborted, ` +
    'and other workers may run those jobs again.';
  return line('error', message, { workerId, reason: oneLine(reason) });
}

export function watchdogAbsentLine({ reason, workerId }: KyuEvents['watchdog.absent']): LogLine {
  const message =
    `Worker ${workerId} beats from its event loop alone: ${oneLine(reason)}. ` +
    'A handler that blocks the loop for as long as the lease makes this process look dead.';
  return line('warn', message, { workerId, reason: oneLine(reason) });
}

export function heartbeatFailedLine({ error, workerId }: KyuEvents['heartbeat.failed']): LogLine {
  const message = `Worker ${workerId} could not renew its lease and tries again. ${describeError(error)}`;
  return line('warn', message, { workerId, ...errorFields(error) });
}

export function switchedLine({ reason, to }: KyuEvents['dispatcher.switched']): LogLine {
  const [level, what]: [LogLevel, string] =
    to === 'redis'
      ? ['log', 'Jobs come through Redis now']
      : ['warn', 'Jobs come from PostgreSQL now, without Redis'];
  return line(level, `${what}: ${oneLine(reason)}`, { to, reason: oneLine(reason) });
}

export function dutyFailedLine({ duty, error }: KyuEvents['duty.failed']): LogLine {
  const what = oneLine(duty);
  const message = `The duty "${what}" failed; its next tick does the work. ${describeError(error)}`;
  return line('error', message, { duty: what, ...errorFields(error) });
}

export function rescuePostponedLine({ forMs, queue }: KyuEvents['rescue.postponed']): LogLine {
  const message =
    `No worker of queue ${queue} is taken for dead in the next ${formatDuration(forMs)}: ` +
    'the duties stood still, so heartbeats may have been lost as well.';
  return line('warn', message, { queue, forMs });
}

export function engineFailedLine({ during, error }: KyuEvents['engine.failed']): LogLine {
  const what = oneLine(during);
  const message = `Kyu failed during ${what} and goes on. ${describeError(error)}`;
  return line('error', message, { during: what, ...errorFields(error) });
}

export function drainStartedLine({ graceMs, running }: KyuEvents['drain.started']): LogLine {
  const message = `Shutting down: no new jobs; ${running} runs have ${formatDuration(graceMs)} to end.`;
  return line('log', message, { running, graceMs });
}

export function drainFinishedLine({ released, tookMs }: KyuEvents['drain.finished']): LogLine {
  const message = `Drained in ${formatDuration(tookMs)}; ${jobsOf(released)} handed back to their queues.`;
  return line('log', message, { released, tookMs });
}

export function notifierFailedLine({ error, lost, notifier }: KyuEvents['notifier.failed']): LogLine {
  const who = oneLine(notifier);
  const message = `The notifier "${who}" could not deliver ${lost === 1 ? '1 event' : `${lost} events`}. `;
  return line('warn', message + describeError(error), { notifier: who, lost, ...errorFields(error) });
}

function line(level: LogLevel, message: string, details: Record<string, unknown>): LogLine {
  return { level, message, details };
}

function jobsOf(count: number): string {
  return count === 1 ? '1 job' : `${count} jobs`;
}
