import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import type { Timer } from './core/ports/clock.js';
import type { Dispatcher } from './core/ports/dispatcher.js';
import { KyuConfigError } from './core/errors.js';
import { resolveHandlerSettings } from './core/handler-settings.js';
import { settingsByQueue } from './core/resolve-job-defaults.js';
import type { CronJobExplorer } from './handlers/cron-job-explorer.js';
import type { HandlerExplorer } from './handlers/handler-explorer.js';
import type { HandlerInvokerFactory } from './handlers/handler-invoker.js';
import type { JobEventExplorer } from './handlers/job-event-explorer.js';
import { buildHandlerTable } from './handlers/nest-handler-table.js';
import type { IntervalRegistry } from './kyu.interval-registry.js';
import type { KyuMetricsHost } from './kyu.metrics-host.js';
import { RunOnce } from './kyu.run-once.js';
import type { KyuRuntime } from './kyu.runtime.js';
import { startupTable } from './kyu.startup-table.js';
import type { KyuWorkers } from './kyu.workers.js';
import { within } from './core/within.js';

/** What the lifecycle puts together at bootstrap. */
export interface LifecycleParts {
  readonly runtime: KyuRuntime;
  readonly workers: KyuWorkers;
  readonly explorer: HandlerExplorer;
  readonly listeners: JobEventExplorer;
  readonly cronJobs: CronJobExplorer;
  readonly invokers: HandlerInvokerFactory;
  readonly metrics: KyuMetricsHost;
  readonly intervals: IntervalRegistry;
  /** How many instances of this name the application has. */
  readonly registrations: () => number;
}

/** What each part may take to close: the longer time while the shutdown is young, else the shorter one. */
const CLOSE_WITHIN_MS = { shortest: 250, longest: 1_000 };

/** The last words about dead jobs go over the network of somebody else. */
const NOTIFIERS_WITHIN_MS = 3_000;

/** So long after the grace period only the shorter time is left, so that the process is gone within 3 s. */
const AFTER_GRACE_MS = 2_500;

/** Time for the application to turn its shutdown hooks on, before Kyu complains. */
const HOOKS_PATIENCE_MS = 2_000;

/**
 * Start and stop of one instance, in Nest's own phases. Taking jobs begins when the rest of the application has
 * started; the drain comes before anything of the application closes; Kyu's own connections close in the last phase,
 * so that jobs can be enqueued until the end. `KyuWorkersLifecycle` calls what has to come last and first.
 *
 * Start: handlers → dispatcher → metrics → worker pool → maintenance. Stop is the same list backwards.
 */
export class KyuLifecycle implements OnApplicationBootstrap, OnApplicationShutdown {
  private hooksCheck: Timer | undefined;
  private beginning: Promise<void> | undefined;
  private workersStart: Promise<void> | undefined;
  private stoppingSinceMs = 0;

  constructor(private readonly parts: LifecycleParts) {}

  /** Once, whoever asks: a test kit may start an application that is initialised later. */
  onApplicationBootstrap(): Promise<void> {
    this.beginning ??= this.begin();
    return this.beginning;
  }

  /** Once, as well. */
  startWorkers(): Promise<void> {
    this.workersStart ??= this.beginWork();
    return this.workersStart;
  }

  private async begin(): Promise<void> {
    const { runtime, metrics } = this.parts;
    await this.orClose(async () => {
      this.refuseSecondRegistration();
      const schedules = runtime.schedules.written(this.parts.cronJobs.explore(runtime.options.name));
      await this.findHandlers();
      await runtime.schedules.read(schedules);
      await this.publishHandlers();
      this.findListeners();
      await runtime.dispatcher.become(await this.createDispatcher());
      await metrics.start();
      runtime.logger.log(startupTable(runtime));
    });
  }

  private async beginWork(): Promise<void> {
    const { runtime, workers } = this.parts;
    runtime.state = 'running';
    void runtime.stores.warmUp().catch(() => {}); // the first real use says the same
    if (runtime.options.role === 'producer') return;
    this.warnWithoutHandlers();
    await this.orClose(async () => {
      if (runtime.options.runOnce) await new RunOnce(runtime, workers).run();
      else if (runtime.options.autoStart) await workers.start();
    });
    this.warnWithoutShutdownHooks();
  }

  async stopWorkers(): Promise<void> {
    const { runtime, workers, intervals } = this.parts;
    this.hooksCheck?.cancel();
    this.stoppingSinceMs = runtime.clock.monotonicMs();
    runtime.state = 'draining';
    intervals.removeAll();
    await workers.drain();
  }

  async onApplicationShutdown(): Promise<void> {
    const { runtime, metrics } = this.parts;
    await this.closeInTime(runtime.producer.close());
    await this.closeInTime(runtime.dispatcher.stop());
    await this.closeInTime(runtime.notifications.drain(), NOTIFIERS_WITHIN_MS);
    runtime.notifications.stop();
    await metrics.stop();
    await this.closeInTime(runtime.close());
    runtime.letGo();
  }

  /** A store that does not answer must not hold up the end of the process. */
  private async closeInTime(closing: Promise<void>, longest = CLOSE_WITHIN_MS.longest): Promise<void> {
    const { clock, options } = this.parts.runtime;
    const leftMs = this.stoppingSinceMs + options.shutdownGraceMs + AFTER_GRACE_MS - clock.monotonicMs();
    const { shortest } = CLOSE_WITHIN_MS;
    await within(clock, Math.min(longest, Math.max(shortest, leftMs)), closing);
  }

  /** Nest calls no hook of an application that did not start: what is open would keep the process alive for ever. */
  private async orClose(begin: () => Promise<void>): Promise<void> {
    try {
      await begin();
    } catch (error) {
      await this.stopWorkers();
      await this.onApplicationShutdown();
      throw error;
    }
  }

  /** Two registrations of one name would run every job type twice, each with settings of its own. */
  private refuseSecondRegistration(): void {
    if (this.parts.registrations() === 1) return;
    const { name } = this.parts.runtime.options;
    throw new KyuConfigError([
      {
        field: 'name',
        value: `"${name}", registered ${this.parts.registrations()} times`,
        allowed: 'one KyuModule.forRoot or forRootAsync for each name; import it in the root module only',
      },
    ]);
  }

  private async findHandlers(): Promise<void> {
    const { runtime, explorer, invokers } = this.parts;
    const { options } = runtime;
    runtime.handlers = await buildHandlerTable(explorer.explore(options.name), {
      settingsFor: (type, decorator) => resolveHandlerSettings(options, type, decorator),
      settingsByQueue: (type, decorator) => settingsByQueue(options, type, decorator),
      invokerFor: (handler) => invokers.create(handler),
      resultLimitBytes: options.payloadLimitBytes,
    });
    if (options.queues.size > 0) return;
    for (const { queue } of runtime.handlers.all()) {
      if (!runtime.queues.includes(queue)) runtime.queues.push(queue);
    }
  }

  /** An enqueue from SQL asks the ledger what code says about a job type. */
  private async publishHandlers(): Promise<void> {
    const { options, stores, handlers } = this.parts.runtime;
    const types = handlers?.all().map(({ type }) => ({ type, ...handlers.defaultsOf(type)! })) ?? []; // known to it
    await stores.jobTypes.publish(options.queueName, types, options.payloadLimitBytes);
  }

  private findListeners(): void {
    const { runtime, listeners } = this.parts;
    for (const { event, call } of listeners.explore(runtime.options.name)) runtime.jobEvents.on(event, call);
  }

  private createDispatcher(): Promise<Dispatcher> {
    const { runtime, workers } = this.parts;
    const { clock, events, options, queues } = runtime;
    return runtime.stores.createDispatcher({
      queues: options.role === 'producer' ? [] : queues,
      clock,
      events,
      onWake: () => workers.wake(),
    });
  }

  private warnWithoutHandlers(): void {
    const { runtime } = this.parts;
    if (runtime.handlers === undefined || runtime.handlers.all().length > 0) return;
    runtime.logger.warn(
      'This worker has no @JobHandler. Is the class that holds them a provider of a module that is imported? ' +
        "A process that only enqueues says role: 'producer'.",
    );
  }

  /** Without shutdown hooks SIGTERM kills the process in the middle of its jobs. */
  private warnWithoutShutdownHooks(): void {
    const { clock, logger } = this.parts.runtime;
    this.hooksCheck = clock.after(HOOKS_PATIENCE_MS, () => {
      if (process.listenerCount('SIGTERM') > 0) return;
      logger.warn(
        'Shutdown hooks are off: SIGTERM will kill running jobs instead of draining them. ' +
          'Call app.enableShutdownHooks() in main.ts.',
      );
    });
  }
}
