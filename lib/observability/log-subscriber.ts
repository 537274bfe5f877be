import type { EventBus } from '../core/event-bus.js';
import type { KyuEventName, KyuEvents } from '../core/events.js';
import type { Clock } from '../core/ports/clock.js';
import type { KyuLogger } from '../core/ports/logger.js';
import * as engine from './engine-log-lines.js';
import type { LogLine } from './log-line.js';
import { RepeatLimiter } from './repeat-limiter.js';
import * as runs from './run-log-lines.js';
import * as schedules from './schedule-log-lines.js';

export interface LogSubscriberOptions {
  readonly events: EventBus;
  readonly logger: KyuLogger;
  readonly clock: Clock;
  /** Also a line per job that went well, and per batch. Default false: then such events cost nothing. */
  readonly debug?: boolean;
}

const REPEAT_PERIOD_MS = 5_000;

/** Turns what Kyu tells into log lines. The texts are in `run-log-lines.ts` and `engine-log-lines.ts`. */
export class LogSubscriber {
  private readonly endings: (() => void)[] = [];
  private readonly limiter: RepeatLimiter;

  constructor(private readonly options: LogSubscriberOptions) {
    this.limiter = new RepeatLimiter({
      write: (line) => this.write(line),
      periodMs: REPEAT_PERIOD_MS,
      clock: options.clock,
    });
    this.listenToRuns();
    this.listenToWorkers();
    this.listenToTrouble();
    this.listenToSchedules();
    if (options.debug === true) this.listenToRoutine();
  }

  /** No further lines, but those for what was counted and not yet written. */
  stop(): void {
    for (const end of this.endings) end();
    this.limiter.stop();
  }

  private listenToRuns(): void {
    const wanted = this.options.debug === true ? () => true : runs.isTrouble;
    this.each('runs.settled', ({ settlements }) => settlements.filter(wanted).map(runs.settledLine));
    this.each('runs.lost', ({ settlements }) => settlements.map(runs.lostLine));
    this.each('jobs.rescued', ({ jobs }) => jobs.map(engine.rescuedLine));
    this.line('run.aborted', runs.abortedLine);
    this.line('run.overstayed', runs.overstayedLine);
  }

  private listenToWorkers(): void {
    this.line('worker.registered', engine.registeredLine);
    this.line('worker.buried', engine.buriedLine);
    this.line('lease.lost', engine.leaseLostLine);
    this.line('dispatcher.switched', engine.switchedLine);
    this.line('drain.started', engine.drainStartedLine);
    this.line('drain.finished', engine.drainFinishedLine);
  }

  private listenToTrouble(): void {
    this.limited('announce.failed', ({ queue }) => queue, engine.announceFailedLine);
    this.limited('settle.delayed', () => '', engine.settleDelayedLine);
    this.limited('watchdog.absent', () => '', engine.watchdogAbsentLine);
    this.limited('heartbeat.failed', () => '', engine.heartbeatFailedLine);
    this.limited('duty.failed', ({ duty }) => duty, engine.dutyFailedLine);
    this.limited('engine.failed', ({ during }) => during, engine.engineFailedLine);
    this.limited('rescue.postponed', ({ queue }) => queue, engine.rescuePostponedLine);
    this.limited('notifier.failed', ({ notifier }) => notifier, engine.notifierFailedLine);
    // By level, because a routine line that nobody wants must not begin the quiet time of one that counts.
    this.limited(
      'jobs.reconciled',
      (event) => `${event.queue} ${engine.reconciledLevel(event)}`,
      engine.reconciledLine,
    );
  }

  private listenToSchedules(): void {
    this.line('schedules.synced', schedules.syncedLine);
    this.limited('schedule.skipped', ({ schedule }) => schedule, schedules.skippedLine);
    this.limited('schedule.failed', ({ schedule }) => schedule, schedules.scheduleFailedLine);
    this.limited('schedules.sync.failed', () => '', schedules.syncFailedLine);
  }

  private listenToRoutine(): void {
    this.line('jobs.enqueued', engine.enqueuedLine);
    this.line('runs.claimed', engine.claimedLine);
    this.line('jobs.promoted', engine.promotedLine);
    this.line('schedule.fired', schedules.firedLine);
    this.line('jobs.retired', engine.retiredLine);
  }

  private line<Name extends KyuEventName>(name: Name, lineOf: (event: KyuEvents[Name]) => LogLine): void {
    this.each(name, (event) => [lineOf(event)]);
  }

  private each<Name extends KyuEventName>(name: Name, linesOf: (event: KyuEvents[Name]) => LogLine[]): void {
    const listener = (event: KyuEvents[Name]): void => {
      for (const line of linesOf(event)) this.write(line);
    };
    this.endings.push(this.options.events.on(name, listener));
  }

  /** For what a store that is down repeats many times a second. */
  private limited<Name extends KyuEventName>(
    name: Name,
    keyOf: (event: KyuEvents[Name]) => string,
    lineOf: (event: KyuEvents[Name]) => LogLine,
  ): void {
    const listener = (event: KyuEvents[Name]): void =>
      this.limiter.report(`${name} ${keyOf(event)}`, () => lineOf(event));
    this.endings.push(this.options.events.on(name, listener));
  }

  private write({ details, level, message }: LogLine): void {
    if (level === 'debug' && this.options.debug !== true) return;
    try {
      this.options.logger[level](message, details);
    } catch {
      // Some lines are written by a timer, where a logger that throws would end the process.
    }
  }
}
