import type { EntityManager } from 'typeorm';
import { Schedules } from './admin/schedules.js';
import {
  readDeclaredSchedules,
  refuseRepeatedNames,
  type WrittenSchedule,
} from './core/declared-schedules.js';
import type { EventBus } from './core/event-bus.js';
import { JobIdSource } from './core/job-id.js';
import { defineJob, type JobReference } from './core/job-definition.js';
import type { Clock } from './core/ports/clock.js';
import type { Dispatcher } from './core/ports/dispatcher.js';
import type { OperatorDoors } from './core/ports/operator-doors.js';
import type { JobDefaults } from './core/ports/handler-table.js';
import type { ScheduleLedger } from './core/ports/schedule-ledger.js';
import type { ScheduleReading } from './core/resolve-schedule.js';
import type { ScheduleDefinition } from './core/schedule.js';
import type { DiscoveredSchedule } from './handlers/cron-job-explorer.js';
import type { KyuProducer } from './kyu.injectables.js';
import type { ResolvedModuleOptions } from './kyu.options.js';
import { CronTicker } from './maintenance/cron-ticker.js';
import { ScheduleSync } from './maintenance/schedule-sync.js';

/**
 * Looks at schedules and changes them: those that code declares, and those that are added at run time and live in the
 * ledger.
 * @example
 * await this.schedules.upsert({ name: 'tenant-42', cron: '0 7 * * *', type: 'sync', payload: { tenant: 42 } });
 * await dataSource.transaction(async (manager) => {
 *   const tenant = await manager.save(Tenant, dto);
 *   await this.schedules.upsert({ name: `tenant-${tenant.id}`, cron: '0 7 * * *', type: 'sync' }, { manager });
 * });
 */
export class KyuSchedules extends Schedules<EntityManager> {}

/** What the schedules of an instance are made of. */
export interface InstanceSchedulesParts {
  readonly options: ResolvedModuleOptions;
  readonly ledger: ScheduleLedger<EntityManager>;
  readonly dispatcher: Dispatcher;
  readonly clock: Clock;
  readonly events: EventBus;
  readonly producer: KyuProducer;
  readonly operator: OperatorDoors<EntityManager>;
  readonly defaultsFor: (reference: JobReference) => JobDefaults;
}

/** Everything about the schedules of one instance. An application is known by its `queueName`, as in both stores. */
export class InstanceSchedules {
  readonly front: KyuSchedules;
  readonly ticker: CronTicker;
  readonly sync: ScheduleSync;
  /** What code declares; known from bootstrap on. */
  declared: readonly ScheduleDefinition[] = [];
  private readonly tokens = new Map<string, JobReference>();

  constructor(private readonly parts: InstanceSchedulesParts) {
    const { options, ledger, clock, events, producer, dispatcher, defaultsFor } = parts;
    const common = { app: options.queueName, schedules: ledger, clock, events, reading: this.reading };
    const ids = new JobIdSource(clock.nowMs);
    this.ticker = new CronTicker({
      ...common,
      dispatcher,
      newJobId: () => ids.next(),
      defaultsFor: (type) => defaultsFor(this.tokenFor(type)),
      priorities: options.priorities,
      declared: () => this.declared.map(({ name }) => name),
    });
    this.sync = new ScheduleSync({
      ...common,
      provider: options.scheduleProvider,
      everyMs: options.scheduleSyncMs,
    });
    this.front = new KyuSchedules({
      ...common,
      enqueue: (type, payload, given) => producer.enqueue(defineJob(type), payload, given),
      sync: () => this.sync.sync(),
      operator: parts.operator,
      newEntryId: () => ids.next(),
    });
  }

  /**
   * What stands in code: on methods, and in the options.
   * @throws ScheduleConflictError when a name is declared twice
   */
  written(found: readonly DiscoveredSchedule[]): WrittenSchedule[] {
    const listed = this.parts.options.schedules.map((schedule, index) => ({
      schedule,
      source: 'options' as const,
      place: `schedules[${index}]`,
    }));
    const written = [...found.map((one) => ({ ...one, source: 'decorator' as const })), ...listed];
    refuseRepeatedNames(written);
    return written;
  }

  /**
   * Checks it, once the handlers are known whose defaults it goes by.
   * @throws KyuConfigError with every mistake at once
   */
  async read(written: readonly WrittenSchedule[]): Promise<void> {
    this.declared = await readDeclaredSchedules(written, this.reading());
  }

  /** Writes what code declares, and begins to ask the provider; whoever waits for that one waits for nothing else. */
  async begin(): Promise<void> {
    await this.sync.declare(this.declared);
    void this.sync.start();
    this.ticker.begin();
  }

  stop(): void {
    this.sync.stop();
    this.ticker.stop();
  }

  /** A type from the ledger is a name of which the compiler knows nothing; the same token each time, for those who remember it. */
  private tokenFor(type: string): JobReference {
    const token = this.tokens.get(type) ?? defineJob(type);
    this.tokens.set(type, token);
    return token;
  }

  private readonly reading = (): ScheduleReading => ({
    defaultsFor: this.parts.defaultsFor,
    payloadLimitBytes: this.parts.options.payloadLimitBytes,
    priorities: this.parts.options.priorities,
    nowMs: this.parts.clock.nowMs(),
  });
}
