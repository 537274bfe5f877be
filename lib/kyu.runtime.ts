import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { EntityManager } from 'typeorm';
import { recordError } from './core/error-record.js';
import { EventBus } from './core/event-bus.js';
import { jobTypeOf, type JobReference } from './core/job-definition.js';
import { JobIdSource } from './core/job-id.js';
import { jobDefaultsOf } from './core/resolve-job-defaults.js';
import type { HandlerOptions } from './core/options.js';
import type { JobDefaults } from './core/ports/handler-table.js';
import type { Clock, Timer } from './core/ports/clock.js';
import type { LedgerReadings } from './core/ports/ledger-readings.js';
import type { LedgerUpkeep } from './core/ports/ledger-upkeep.js';
import type { LocalClaims } from './core/ports/local-claims.js';
import type { KyuLogger } from './core/ports/logger.js';
import type { OrderedWorker } from './core/ports/worker-orders.js';
import type { DraftedJob } from './core/ports/telemetry.js';
import type { NestHandlerTable } from './handlers/nest-handler-table.js';
import { holdProcess } from './core/system-clock.js';
import { KyuAdmin, KyuJobEvents, KyuProducer } from './kyu.injectables.js';
import { LateDispatcher } from './kyu.late-dispatcher.js';
import type { ResolvedModuleOptions } from './kyu.options.js';
import { observedAdmin } from './kyu.observed-admin.js';
import { ObservedProducer } from './kyu.observed-producer.js';
import { InstanceSchedules } from './kyu.schedules.js';
import type { KyuStores } from './kyu.stores.js';
import { KYU_VERSION } from './kyu.version.js';
import { Aging } from './maintenance/aging.js';
import { Reaper } from './maintenance/reaper.js';
import { Reconciler } from './maintenance/reconciler.js';
import { Retention } from './maintenance/retention.js';
import { Scheduler } from './maintenance/scheduler.js';
import type { UnhandledType } from './worker/unknown-types.js';
import { LogSubscriber } from './observability/log-subscriber.js';
import type { LifecycleState } from './observability/health-findings.js';
import { JobWaiter } from './producer/job-waiter.js';
import { HealthReader } from './observability/health-reader.js';
import { JobStatisticsBook } from './observability/job-statistics.js';
import { Notifications } from './observability/notifiers/notifications.js';
import { ContextCarrier } from './producer/context-carrier.js';
import { currentJob } from './worker/current-job.js';

/** What an instance is made of. */
export interface RuntimeParts {
  readonly options: ResolvedModuleOptions;
  readonly logger: KyuLogger;
  readonly stores: KyuStores<EntityManager>;
  readonly clock: Clock;
  /** Time for those who wait for jobs; default: the same. */
  readonly waitingClock?: Clock;
}

/**
 * One Kyu instance: the only place where services meet adapters. Built before the application's providers exist, so
 * what depends on its handlers (the worker pool, the duty loops) is added at bootstrap by `KyuLifecycle`.
 */
export class KyuRuntime {
  readonly options: ResolvedModuleOptions;
  readonly logger: KyuLogger;
  readonly stores: KyuStores<EntityManager>;
  readonly clock: Clock;
  readonly events: EventBus;
  readonly upkeep: LedgerUpkeep;
  readonly readings: LedgerReadings;
  readonly dispatcher: LateDispatcher;
  readonly producer: KyuProducer;
  readonly admin: KyuAdmin;
  readonly scheduler: Scheduler;
  readonly reaper: Reaper;
  readonly reconciler: Reconciler;
  readonly aging: Aging;
  readonly schedules: InstanceSchedules;
  readonly retention: Retention;
  readonly health: HealthReader;
  readonly jobEvents: KyuJobEvents;
  readonly notifications: Notifications;
  readonly statistics: JobStatisticsBook;
  /** The queues that this process serves; those of its handlers join at bootstrap unless the options name them. */
  readonly queues: string[];
  /** Known from bootstrap on. */
  handlers: NestHandlerTable | undefined;
  state: LifecycleState = 'starting';
  /** Runs under way in this process; the worker pool answers once there is one. */
  countInFlight: () => number = () => 0;
  /** Where jobs of this process may start at once; the worker pool answers once there is one. */
  localClaims: () => LocalClaims | undefined = () => undefined;
  /** Pending job types that no living worker handles; the worker pool answers once there is one. */
  unhandledTypes: () => readonly UnhandledType[] = () => [];
  /** An operator wants this process to end when its workers have drained. */
  endProcess: () => void = endByHooks;
  /** Something was paused or goes on; the workers of this process need not wait until they look. */
  tellWorkersOfPauses: () => void = () => {};
  private readonly log: LogSubscriber;
  private readonly endTelemetry: (() => void) | undefined;
  private hold: Timer | undefined;
  private readonly defaults = new Map<JobReference, JobDefaults>();

  constructor({ options, logger, stores, clock, waitingClock = clock }: RuntimeParts) {
    this.options = options;
    this.logger = logger;
    this.stores = stores;
    this.clock = clock;
    this.upkeep = stores.upkeep;
    this.readings = stores.readings;
    this.queues = options.queues.size > 0 ? [...options.queues.keys()] : [options.queueName];
    this.events = new EventBus((name, error) =>
      logger.error(`A listener of "${name}" threw.`, { error: recordError(error).message }),
    );
    this.jobEvents = new KyuJobEvents(this.events, (name, error) =>
      logger.error(`A listener of the job event "${name}" failed; the job is not affected.`, {
        error: recordError(error).message,
      }),
    );
    this.notifications = new Notifications({
      notifiers: options.notifiers,
      instance: options.name,
      jobEvents: this.jobEvents,
      events: this.events,
      clock,
    });
    this.statistics = new JobStatisticsBook(this.events);
    this.log = new LogSubscriber({ events: this.events, logger, clock });
    this.dispatcher = new LateDispatcher(options.dispatchWindow);
    this.producer = this.createProducer(waitingClock);
    this.admin = observedAdmin(this.createAdmin(), options.telemetry);
    this.endTelemetry = options.telemetry?.listenTo(this.events);
    this.scheduler = new Scheduler(this);
    this.reaper = new Reaper({ ...options, ...this.maintenanceParts() });
    this.reconciler = new Reconciler(this);
    this.aging = new Aging({ ...options, ...this.maintenanceParts() });
    this.schedules = new InstanceSchedules({
      options,
      ledger: stores.schedules,
      operator: stores.operator,
      dispatcher: this.dispatcher,
      clock,
      events: this.events,
      producer: this.producer,
      defaultsFor: (reference) => this.defaultsFor(reference),
    });
    this.retention = this.createRetention();
    this.health = new HealthReader({
      readings: this.readings,
      clock,
      queues: () => this.queues,
      dispatcherMode: () => this.dispatcher.mode,
      configuredDispatcher: this.configuredDispatcher,
      unhandledTypes: () => this.unhandledTypes(),
      lifecycle: () => this.state,
    });
  }

  /** What the options ask for, whether it is there or not. */
  get configuredDispatcher(): 'redis' | 'postgres' {
    return this.options.redis === false ? 'postgres' : 'redis';
  }

  /** The last step of a shutdown; nothing works afterwards. */
  async close(): Promise<void> {
    this.state = 'stopped';
    await this.stores.close();
    this.endTelemetry?.();
    this.log.stop();
  }

  /** From the start of its workers on, the process lives whether a store is there or not. */
  stayAlive(): void {
    this.hold ??= holdProcess();
  }

  /** The process may end when the application has nothing left to do. */
  letGo(): void {
    this.hold?.cancel();
    this.hold = undefined;
  }

  newWorkerId = (): string => randomUUID();

  /** What the ledger should know of this process. */
  describeWorker = () => ({
    host: hostname(),
    pid: process.pid,
    version: KYU_VERSION,
    queues: this.queues,
    concurrency: this.options.workers,
    types: this.handlers?.all().map(({ type }) => type) ?? [],
  });

  private createAdmin(): KyuAdmin {
    const ids = new JobIdSource(this.clock.nowMs);
    const { stores, dispatcher, events, queues, options } = this;
    return new KyuAdmin({
      inspection: stores.inspection,
      readings: stores.readings,
      operator: stores.operator,
      dispatcher,
      events,
      queues,
      dispatching: () => ({ mode: dispatcher.mode, configured: this.configuredDispatcher }),
      schedules: () => stores.schedules.list(options.queueName),
      payloadLimitBytes: options.payloadLimitBytes,
      newEntryId: () => ids.next(),
      onPausesChanged: (resumed) => this.onPausesChanged(resumed),
      clock: this.clock,
      survey: (queue, types) => dispatcher.survey(queue, types),
      rebuildQueue: (queue) => this.reconciler.rebuildQueue(queue),
      rescue: (ofQueues) => this.reaper.sweep(ofQueues),
      onWorkerBuried: (worker) => this.onWorkerBuried(worker),
    });
  }

  /** What was paused may have been in nobody's window, so the dispatcher gets the whole line of what goes on. */
  private async onPausesChanged(resumed: readonly string[]): Promise<void> {
    try {
      for (const queue of resumed) await this.reconciler.reviveQueue(queue);
    } catch (error) {
      this.events.emit('engine.failed', { during: 'resume', error });
    }
    this.tellWorkersOfPauses();
  }

  /** What it ran starts elsewhere at once: nobody waits for the end of its lease. */
  private async onWorkerBuried({ workerId, host, pid, queues, isChanged }: OrderedWorker): Promise<number> {
    if (isChanged) this.events.emit('worker.buried', { workerId, host, pid });
    return this.reaper.sweep(queues);
  }

  private createProducer(waitingClock: Clock): KyuProducer {
    const ids = new JobIdSource(this.clock.nowMs);
    const { carry, telemetry } = this.options;
    const carrier = new ContextCarrier({ carry, telemetry, inherited: () => currentJob()?.context });
    const parts = {
      intake: this.stores.intake,
      dispatcher: this.dispatcher,
      workers: { reserve: (job: Parameters<LocalClaims['reserve']>[0]) => this.localClaims()?.reserve(job) },
      events: this.events,
      newJobId: () => ids.next(),
      defaultsFor: (reference: JobReference) => this.defaultsFor(reference),
      payloadLimitBytes: this.options.payloadLimitBytes,
      waiter: new JobWaiter({ outcomes: this.stores.outcomes, clock: waitingClock, events: this.events }),
      app: this.options.queueName,
      priorities: this.options.priorities,
      contextFor: (job: DraftedJob) => carrier.textFor(job),
    };
    return new ObservedProducer(parts, { clock: this.clock, events: this.events, telemetry });
  }

  private createRetention(): Retention {
    const { queues, clock, events, stores, options } = this;
    return new Retention({ queues, clock, events, ledger: stores.retention, retention: options.retention });
  }

  private maintenanceParts() {
    const { queues, upkeep, dispatcher, events } = this;
    return { queues, upkeep, dispatcher, events };
  }

  /** The handler's own settings where it is known here, else what the options and the token say. */
  protected defaultsFor(reference: JobReference): JobDefaults {
    const known = this.handlers?.defaultsOf(jobTypeOf(reference)) ?? this.defaults.get(reference);
    if (known !== undefined) return known;
    const token: HandlerOptions = typeof reference === 'string' ? {} : reference.options;
    const defaults = jobDefaultsOf(this.options, jobTypeOf(reference), token);
    if (this.defaults.size < MOST_REMEMBERED) this.defaults.set(reference, defaults);
    return defaults;
  }
}

/** Job types are few; a caller who makes up a name for every job must not fill the memory. */
const MOST_REMEMBERED = 10_000;

/** As from outside, so that the application closes in its own order; without shutdown hooks nothing is killed. */
function endByHooks(): void {
  if (process.listenerCount('SIGTERM') > 0) process.kill(process.pid, 'SIGTERM');
}
