import { NotAWorkerError } from './core/errors.js';
import type { Duration } from './core/duration.js';
import { parseDuration } from './core/duration.js';
import { InvalidQueryError } from './core/errors.js';
import { QueueRotation } from './core/queue-rotation.js';
import { describeValue } from './core/redact.js';
import type { IntervalRegistry } from './kyu.interval-registry.js';
import type { DutyName } from './core/ports/ledger-upkeep.js';
import type { KyuRuntime } from './kyu.runtime.js';
import { DutyLoop, type Duty } from './maintenance/duty-loop.js';
import type { UnhandledType } from './worker/unknown-types.js';
import type { JobStatistics } from './observability/job-statistics.js';
import type { DrainOrder } from './core/ports/worker-orders.js';
import { DrainWatch } from './worker/drain-watch.js';
import { WorkerPool } from './worker/worker-pool.js';

/** How the workers of this process are doing. */
export interface WorkersStatus {
  readonly state: 'stopped' | 'running' | 'draining';
  /** `undefined` while this process cannot prove that it lives. */
  readonly workerId: string | undefined;
  readonly inFlight: number;
  /** How many runs there may be at once, now; it changes only where `workers` has bounds. */
  readonly size: number;
  /** Pending job types that no living worker handles, as far as this process has looked. */
  readonly unhandledTypes: readonly UnhandledType[];
  readonly queues: readonly string[];
}

/** The workers and the maintenance of this process: started with the application unless `autoStart` is false. */
export class KyuWorkers {
  /** One that is `undefined` has nothing to do: without retention everything is kept for ever. */
  readonly loops: {
    readonly [Name in Exclude<DutyName, 'retention'>]: DutyLoop;
  } & { readonly retention: DutyLoop | undefined };
  private readonly drainWatch: DrainWatch;
  private pool: WorkerPool | undefined;
  private starting: Promise<void> | undefined;
  private draining: Promise<void> | undefined;

  constructor(
    private readonly runtime: KyuRuntime,
    private readonly intervals: IntervalRegistry,
  ) {
    const { scheduler, reaper, reconciler, schedules, aging, options, retention } = runtime;
    this.loops = {
      promote: this.loopFor(scheduler),
      rescue: this.loopFor(reaper),
      reconcile: this.loopFor(reconciler),
      age: this.loopFor(aging),
      // Schedules belong to the application, whatever queues their jobs take.
      cron: this.loopFor(schedules.ticker, [options.queueName]),
      retention: retention.isNeeded ? this.loopFor(retention) : undefined,
    };
    this.drainWatch = new DrainWatch({
      orders: runtime.stores.operator.workers,
      clock: runtime.clock,
      events: runtime.events,
      workerId: () => this.pool?.workerId,
      onOrder: (order) => void this.obey(order),
    });
    runtime.countInFlight = () => this.pool?.inFlight ?? 0;
    runtime.localClaims = () => this.pool?.localClaims;
    runtime.unhandledTypes = () => this.pool?.unhandledTypes ?? [];
    runtime.tellWorkersOfPauses = () => this.pool?.pausesChanged();
  }

  /**
   * Starts taking jobs. Does nothing when they run already.
   * @throws NotAWorkerError in a producer-only process, or before the application has started
   */
  start(): Promise<void> {
    this.starting ??= this.startAll().finally(() => (this.starting = undefined));
    return this.starting;
  }

  /**
   * Takes nothing more, waits for running jobs within the grace period, aborts and hands back the rest uncharged.
   * A shutdown does this by itself; call it to drain before closing what the handlers need.
   * @param grace ms or text; default: the option `shutdownGrace`
   * @throws InvalidQueryError when `grace` is no duration
   */
  async drain(grace?: Duration): Promise<void> {
    const graceMs = grace === undefined ? this.runtime.options.shutdownGraceMs : parseDuration(grace);
    if (graceMs === undefined) {
      throw new InvalidQueryError('grace', describeValue(grace), "ms or text such as '30s'");
    }
    this.draining = this.drainAll(graceMs);
    await this.draining;
  }

  status(): WorkersStatus {
    return {
      state: this.pool?.state ?? 'stopped',
      workerId: this.pool?.workerId,
      inFlight: this.pool?.inFlight ?? 0,
      size: this.pool?.size ?? 0,
      unhandledTypes: this.pool?.unhandledTypes ?? [],
      queues: this.runtime.queues,
    };
  }

  /**
   * What this process did since it started, by priority and job type: plain counters, for who wants them without a
   * metrics page.
   */
  statistics(): JobStatistics[] {
    return this.runtime.statistics.read();
  }

  /** Something may have become pending. */
  wake(): void {
    this.pool?.wake();
  }

  /** The job types that this process asks for, after a look at what is pending. */
  async lookForTypes(): Promise<readonly string[]> {
    await this.pool?.look();
    return this.pool?.types ?? [];
  }

  /** Nothing is being claimed, runs, waits or is about to be settled. */
  get isIdle(): boolean {
    return this.pool?.isIdle ?? true;
  }

  /** How many claims this process has received so far. */
  get claimCount(): number {
    return this.pool?.claimCount ?? 0;
  }

  private async startAll(): Promise<void> {
    // One that ends must have ended before it can begin again.
    await this.draining;
    await this.startPool();
    await this.runtime.schedules.begin();
    this.startMaintenance();
  }

  private async drainAll(graceMs: number): Promise<void> {
    // What is about to start would go on after the drain.
    if (this.starting !== undefined) await this.starting.catch(() => {});
    this.intervals.removeAll();
    this.drainWatch.stop();
    const stopped = Promise.all(Object.values(this.loops).map(async (loop) => loop?.stop()));
    this.runtime.schedules.stop();
    this.runtime.scheduler.stop();
    this.runtime.retention.stop();
    await this.pool?.drain(graceMs);
    // A tick that hangs on a database that is away must not hold up the shutdown; it changes nothing by ending late.
    if (this.pool === undefined) await stopped;
  }

  /** An operator, wherever they are, wants no more work to be taken here. */
  private async obey({ thenExit }: DrainOrder): Promise<void> {
    await this.drain();
    // Nothing is left that must be kept alive; an application with a server of its own goes on.
    this.runtime.letGo();
    if (thenExit) this.runtime.endProcess();
  }

  private async startPool(): Promise<void> {
    this.pool ??= this.createPool();
    await this.pool.start();
    this.drainWatch.start();
    this.runtime.stayAlive();
    this.intervals.add('kyu:heartbeat', this.pool.beatTimer);
  }

  private startMaintenance(): void {
    this.runtime.scheduler.begin();
    this.intervals.add('kyu:scheduler', this.loops.promote.start());
    this.intervals.add('kyu:reaper', this.loops.rescue.start());
    this.intervals.add('kyu:reconciler', this.loops.reconcile.start());
    this.intervals.add('kyu:cron', this.loops.cron.start());
    if (this.runtime.options.agingMs > 0) this.intervals.add('kyu:aging', this.loops.age.start());
    this.runtime.retention.begin();
    if (this.loops.retention !== undefined) this.intervals.add('kyu:retention', this.loops.retention.start());
  }

  private createPool(): WorkerPool {
    const { runtime } = this;
    if (runtime.options.role === 'producer') throw new NotAWorkerError('KyuWorkers.start()');
    if (runtime.handlers === undefined) throw new NotAWorkerError('KyuWorkers.start()', 'not started');
    return new WorkerPool({
      handlers: runtime.handlers,
      rotation: new QueueRotation(this.weights(), runtime.options.queueOrder),
      ledger: runtime.stores.runs,
      openRuns: runtime.stores.openRuns,
      enqueueChild: (parent, type, payload, options) =>
        runtime.producer.enqueueChild(parent, type, payload, options),
      registry: runtime.stores.registry,
      dispatcher: runtime.dispatcher,
      pauses: runtime.stores.operator.pauses,
      clock: runtime.clock,
      events: runtime.events,
      logger: runtime.logger,
      newWorkerId: runtime.newWorkerId,
      describe: runtime.describeWorker,
      onForgotten: (queue) => runtime.reconciler.restoreQueue(queue),
      onLow: (queue, types) => void this.refill(queue, types),
      pendingTypes: (queue) => runtime.upkeep.pendingTypes(queue),
      countPending: (types, limit) => runtime.upkeep.countPending(runtime.queues, types, limit),
      readings: runtime.readings,
      limits: runtime.options,
      telemetry: runtime.options.telemetry,
    });
  }

  private weights(): Map<string, number> {
    const { queues, options } = this.runtime;
    return new Map(queues.map((queue) => [queue, options.queues.get(queue) ?? 1]));
  }

  private async refill(queue: string, types: readonly string[]): Promise<void> {
    try {
      await this.runtime.reconciler.refill(queue, types);
    } catch (error) {
      this.runtime.events.emit('engine.failed', { during: 'refill', error });
    }
  }

  private loopFor(duty: Duty, queues: readonly string[] = this.runtime.queues): DutyLoop {
    const { upkeep, clock, events } = this.runtime;
    return new DutyLoop(duty, queues, upkeep, clock, events);
  }
}
