import type { StatusCount } from '../core/ports/ledger-inspection.js';
import { restsBy } from '../core/ports/queue-pauses.js';
import type { KyuRuntime } from '../kyu.runtime.js';
import type { KyuWorkers } from '../kyu.workers.js';
import { least, type EngineClock } from './engine-clock.js';
import { letPromisesRun, pauseForReal, realTimeMs } from './event-loop.js';
import { endlessLoop, nothingEnds } from './engine-complaints.js';
import type { RunPermit } from './run-permit.js';
import { RunTally, type RunSummary } from './run-tally.js';

/** What the engine works with. */
export interface EngineParts {
  readonly runtime: KyuRuntime;
  readonly workers: KyuWorkers;
  readonly clock: EngineClock;
  readonly permit: RunPermit;
}

/** Limits of one call, in ms of real time and in runs. */
export interface EngineLimits {
  readonly patienceMs: number;
  readonly maxRuns: number;
}

/** So many turns of the event loop in which nothing happens, and the engine has come to rest. */
const CALM_TURNS = 4;

/** A handler that takes real time for so long is not worth a busy loop. */
const BUSY_LOOP_MS = 5;

/** What a handler that is still at work when the application closes gets of real time. */
const CLOSING_PATIENCE_MS = 200;

/**
 * Moves a real instance of Kyu over memory stores: opens the door for claims, waits until the workers have come to
 * rest, and lets virtual time pass between one instant at which something is due and the next.
 */
export class TestEngine {
  private readonly tally: RunTally;
  private lastChangeMs = 0;
  private underWay: string | undefined;

  constructor(private readonly parts: EngineParts) {
    this.tally = new RunTally(parts.runtime.events);
    parts.runtime.events.on('drain.started', () => void this.letDrainEnd());
  }

  /** Runs what is due now. Time stands still, but for handlers that wait for the engine itself. */
  drain(limits: EngineLimits): Promise<RunSummary> {
    return this.call('drain()', limits, async () => {
      while ((await this.runDue('drain()', limits)) === 'waiting') {
        const awaitedMs = this.parts.clock.awaitedTimerInMs;
        if (awaitedMs === undefined) throw nothingEnds('drain()', limits.patienceMs, this.tally.underWay());
        await this.sleepOrWake();
        await this.pass(least([awaitedMs, this.parts.clock.nextTimerInMs]) ?? 0);
      }
    });
  }

  /** Runs what is due now, and lets time pass until nothing waits any more. */
  drainScheduled(limits: EngineLimits): Promise<RunSummary> {
    return this.call('drain()', limits, async () => {
      for (;;) {
        await this.runDue('drain()', limits);
        const isBusy = await this.sleepOrWake();
        const dueInMs = await this.nextDueInMs();
        if (!isBusy && dueInMs === undefined) return;
        await this.passUntilSomethingHappens(least([dueInMs, await this.nextTickInMs()]) ?? Infinity);
      }
    });
  }

  /** Lets time pass; whatever becomes due meanwhile runs at its instant. */
  advance(durationMs: number, limits: EngineLimits): Promise<RunSummary> {
    const untilMs = this.parts.clock.nowMs() + durationMs;
    return this.call('advance()', limits, async () => {
      for (;;) {
        await this.runDue('advance()', limits);
        await this.parts.runtime.retention.sweep();
        const leftMs = untilMs - this.parts.clock.nowMs();
        if (leftMs <= 0) return;
        await this.sleepOrWake();
        const dueInMs = least([leftMs, await this.nextDueInMs(), await this.nextTickInMs()]);
        await this.passUntilSomethingHappens(dueInMs ?? leftMs);
      }
    });
  }

  private async call(name: string, limits: EngineLimits, work: () => Promise<void>): Promise<RunSummary> {
    this.refuseUnusable(name);
    this.underWay = name;
    this.tally.reset();
    this.parts.permit.grant(limits.maxRuns);
    this.lastChangeMs = realTimeMs();
    try {
      if (this.parts.workers.status().state === 'stopped') await this.parts.workers.start();
      await work();
      return this.tally.summary();
    } finally {
      this.parts.permit.withdraw();
      this.underWay = undefined;
    }
  }

  private refuseUnusable(name: string): void {
    if (this.underWay !== undefined) {
      throw new Error(`${name} was called while ${this.underWay} is under way. Is an "await" missing?`);
    }
    const { state } = this.parts.runtime;
    if (state === 'running') return;
    throw new Error(
      `${name} was called, but the application is ${state}: it must have started and not be closed.`,
    );
  }

  /** `waiting`: runs are under way that did not end within the patience, in real time. */
  private async runDue(name: string, limits: EngineLimits): Promise<'resting' | 'waiting'> {
    const { runtime, workers, permit } = this.parts;
    let seen = this.tally.changes;
    let calmTurns = 0;
    workers.wake();
    for (;;) {
      await letPromisesRun(1);
      if (seen !== this.tally.changes) {
        seen = this.tally.changes;
        calmTurns = 0;
        this.lastChangeMs = realTimeMs();
      }
      calmTurns += 1;
      if (calmTurns < CALM_TURNS) continue;
      if ((await runtime.schedules.ticker.fireDue()) > 0) continue;
      if ((await runtime.scheduler.promoteDue()) > 0) continue;
      const pending = await this.countPending();
      if (pending === 0 && workers.isIdle) return 'resting';
      if (pending > 0 && permit.left === 0) throw endlessLoop(name, limits.maxRuns, this.tally.starts());
      // Time stands still, so the next look for types under a prefix would never come.
      if (pending > 0 && workers.isIdle) await workers.lookForTypes();
      if (await this.isPatienceOver(limits.patienceMs)) return 'waiting';
    }
  }

  /** Real time: a handler may do real work. It is not over as long as anything goes on. */
  private async isPatienceOver(patienceMs: number): Promise<boolean> {
    if (this.parts.clock.awaitedTimerInMs !== undefined) return true;
    const waitedMs = realTimeMs() - this.lastChangeMs;
    if (waitedMs > patienceMs) return true;
    if (waitedMs > BUSY_LOOP_MS) await pauseForReal(1);
    return false;
  }

  /** While a job is under way, here or in a process that died of it, every heartbeat counts. */
  private async sleepOrWake(): Promise<boolean> {
    const { clock, workers } = this.parts;
    clock.isAwake = !workers.isIdle || (await this.countRunning()) > 0 || (await this.areSomeDoomed());
    return clock.isAwake;
  }

  /** One timer after the other, for as long as none of them sets anything in motion. */
  private async passUntilSomethingHappens(longestMs: number): Promise<void> {
    const { clock, workers } = this.parts;
    const untilMs = clock.nowMs() + longestMs;
    const { changes } = this.tally;
    const { inFlight } = workers.status();
    while (clock.nowMs() < untilMs) {
      await this.pass(least([untilMs - clock.nowMs(), clock.nextTimerInMs]) ?? 0);
      if (this.tally.changes !== changes || workers.status().inFlight !== inFlight || !clock.isAwake) return;
    }
  }

  private async pass(ms: number): Promise<void> {
    this.parts.clock.moveBy(ms);
    await letPromisesRun(1);
  }

  /** Ms until the next job is due by itself. One that is due already is held by an open transaction. */
  private async nextDueInMs(): Promise<number | undefined> {
    const { upkeep, queues } = this.parts.runtime;
    const waits = await Promise.all(
      queues.map(async (queue) => (await upkeep.promote(queue, 0)).nextDueInMs),
    );
    return least(waits.map((ms) => (ms === null || ms === 0 ? undefined : ms)));
  }

  /** Ms until the next tick of a schedule. There is always another one, so nothing waits for it to end. */
  private async nextTickInMs(): Promise<number | undefined> {
    return (await this.parts.runtime.schedules.ticker.nextDueInMs()) ?? undefined;
  }

  /** Pending jobs that have a handler and are not let rest. */
  private async countPending(): Promise<number> {
    const { stores, queues, handlers } = this.parts.runtime;
    const pauses = await stores.operator.pauses.list(queues);
    const groups = await stores.inspection.count({ statuses: ['pending'], queues });
    const handled = groups.filter(({ type }) => handlers?.find(type) !== undefined);
    return sumOf(handled.filter((group) => !pauses.some((pause) => restsBy(pause, group))));
  }

  /** Jobs that nobody handles are dead after a while, where the options say so: somebody has to look at the time. */
  private async areSomeDoomed(): Promise<boolean> {
    const { handlers, options, queues, stores } = this.parts.runtime;
    if (options.onUnknown === 'leave') return false;
    const groups = await stores.inspection.count({ statuses: ['pending'], queues });
    return groups.some(({ type }) => handlers?.find(type) === undefined);
  }

  private async countRunning(): Promise<number> {
    const { stores, queues } = this.parts.runtime;
    return sumOf(await stores.inspection.count({ statuses: ['running'], queues }));
  }

  /** A shutdown waits for running handlers in virtual time, which nobody moves any more. */
  private async letDrainEnd(): Promise<void> {
    const { clock, workers } = this.parts;
    const beganMs = realTimeMs();
    clock.isAwake = true;
    while (workers.status().state === 'draining') {
      await letPromisesRun();
      if (realTimeMs() - beganMs < CLOSING_PATIENCE_MS && workers.status().inFlight > 0)
        await pauseForReal(1);
      else clock.moveBy(clock.nextTimerInMs ?? 0);
    }
    clock.isAwake = false;
  }
}

function sumOf(groups: readonly StatusCount[]): number {
  return groups.reduce((sum, { count }) => sum + count, 0);
}
