import type { KyuLogger } from './core/ports/logger.js';
import { systemClock } from './core/system-clock.js';
import { DEFAULT_INSTANCE } from './core/option-defaults.js';
import type { EnqueueOptions } from './core/resolve-enqueue-options.js';
import type { KyuAdmin } from './kyu.injectables.js';
import { enqueueNamed, lookUpJobType } from './kyu.named-enqueue.js';
import { resolveModuleOptions, type KyuModuleOptions } from './kyu.options.js';
import { RealStores } from './kyu.real-stores.js';
import { KyuRuntime } from './kyu.runtime.js';
import type { KyuSchedules } from './kyu.schedules.js';
import type { EnqueuedJob } from './producer/enqueue-answers.js';

/** A program that operates needs few connections, and not for long. */
const OPERATOR_POOL = { maxOpen: 4, maxIdle: 1 };

/** The events of an operator's instance say nothing that its answers do not say. */
const SILENT: KyuLogger = { log: () => {}, warn: () => {}, error: () => {}, debug: () => {} };

/**
 * An instance without Nest and without handlers, for programs that look and operate: the command line. It connects to
 * PostgreSQL when it opens, and to Redis when somebody is to be told.
 */
export class KyuOperator {
  private telling: Promise<void> | undefined;

  private constructor(readonly runtime: KyuRuntime) {}

  /**
   * @throws KyuConfigError when the options cannot be used
   * @throws LedgerUnavailableError when PostgreSQL does not answer
   * @throws KyuSchemaVersionError when its schema is not what this release needs
   */
  static async open(options: KyuModuleOptions): Promise<KyuOperator> {
    const operating = { ...options, role: 'producer' as const, pool: OPERATOR_POOL, migrationsRun: false };
    const resolved = { ...resolveModuleOptions(operating), name: options.name ?? DEFAULT_INSTANCE };
    const stores = new RealStores(resolved);
    await stores.open();
    return new KyuOperator(new KyuRuntime({ options: resolved, logger: SILENT, stores, clock: systemClock }));
  }

  /** By which the application is known in both stores. */
  get queueName(): string {
    return this.runtime.options.queueName;
  }

  get admin(): KyuAdmin {
    return this.runtime.admin;
  }

  /**
   * Adds a job of a type that somebody names. What is not given is as its handler says, which is elsewhere; `isKnown` is
   * false when no worker has ever said that it has one.
   * @throws as `KyuProducer.enqueue`
   */
  async enqueue(
    type: string,
    payload: unknown,
    given: EnqueueOptions,
  ): Promise<{ readonly job: EnqueuedJob; readonly isKnown: boolean }> {
    const known = await lookUpJobType(this.runtime, type);
    return { job: await enqueueNamed(this.runtime, known, payload, given), isKnown: known.isKnown };
  }

  get schedules(): KyuSchedules {
    return this.runtime.schedules.front;
  }

  /** What the options ask for and whether it is there: false when Redis is asked for and does not answer. */
  get isRedisThere(): boolean {
    return this.runtime.configuredDispatcher === 'postgres' || this.runtime.dispatcher.mode === 'redis';
  }

  /** From now on workers are told of what changes. Without it they find out by themselves, within a poll. */
  tellWorkers(): Promise<void> {
    this.telling ??= this.connectDispatcher();
    return this.telling;
  }

  async close(): Promise<void> {
    await this.runtime.producer.close();
    await this.runtime.dispatcher.stop();
    this.runtime.notifications.stop();
    await this.runtime.close();
  }

  private async connectDispatcher(): Promise<void> {
    const { stores, clock, events, dispatcher } = this.runtime;
    await dispatcher.become(await stores.createDispatcher({ queues: [], clock, events, onWake: () => {} }));
  }
}
