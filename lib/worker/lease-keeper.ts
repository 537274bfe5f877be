import type { EventBus } from '../core/event-bus.js';
import type { Clock, Timer } from '../core/ports/clock.js';
import type { WorkerIdentity, WorkerRegistry } from '../core/ports/worker-registry.js';
import type { Watchdog, WatchdogReport } from '../core/ports/watchdog.js';

/** What the lease keeper works with. */
export interface LeaseParts {
  readonly registry: WorkerRegistry;
  readonly clock: Clock;
  readonly events: EventBus;
  readonly beatMs: number;
  readonly leaseMs: number;
  /** Whether a thread of its own should beat; else this loop does. */
  readonly watchdog: boolean;
  readonly newWorkerId: () => string;
  readonly describe: () => Omit<WorkerIdentity, 'workerId'>;
  /** The process cannot prove any more that it owns its runs. */
  readonly onLost: () => void;
  /** The process can claim again. */
  readonly onProven: () => void;
}

/** Without proof for this share of the lease, the process must assume that others will act on its death. */
const TRUSTED_SHARE = 0.8;

/**
 * The process lease. Each beat renews it by the database's clock; here it is measured from the moment a beat was
 * sent, which is never later than the database's own reckoning.
 *
 * The beats are the watchdog's, which runs beside the event loop: a handler that blocks the loop for a minute owns its
 * jobs all the same. Where it cannot run, or has ended, this loop beats itself.
 *
 * Modes: stopped → proven (beats arrive) ⇄ unproven (none did for 80 % of the lease: runs are aborted, nothing is
 * claimed) ; buried (the ledger says so: this id is over) → registered under a new id → proven. A beat that fails is
 * no news, neither good nor bad: it is repeated, and only the time decides.
 */
export class LeaseKeeper {
  private id = '';
  /** Workers that this process was, and that the ledger has declared dead. */
  private readonly buriedIds = new Set<string>();
  private provenUntilMs = Number.NEGATIVE_INFINITY;
  private isProven = false;
  private beating: Promise<void> | undefined;
  private timers: Timer[] = [];
  private watchdog: Watchdog | undefined;

  constructor(private readonly parts: LeaseParts) {}

  /** `undefined` while nothing may be claimed. */
  get workerId(): string | undefined {
    return this.isProven ? this.id : undefined;
  }

  /** The worker that may begin a run at this moment; asked and answered as `covers`. */
  get coveredId(): string | undefined {
    this.watch();
    return this.workerId;
  }

  /**
   * Whether a run that this worker claimed may begin at this moment. Asked just before the handler is called, and
   * answered by the time that it is now: a process that was frozen finds the reply to an old claim before its own
   * timers tell it that its lease is over.
   */
  covers(workerId: string): boolean {
    // The watchdog is asked only when the proof at hand is over: this is called before every start of a run.
    if (!this.isProven || this.parts.clock.monotonicMs() >= this.provenUntilMs) this.watch();
    return this.isProven && !this.buriedIds.has(workerId);
  }

  /** The interval of the heartbeat, for those who list intervals. */
  get beatTimer(): Timer | undefined {
    return this.timers[0];
  }

  /**
   * Registers under a new id: one that has stopped is over, like one that died.
   * @throws when the registration fails: a worker that cannot register must not start in silence
   */
  async start(): Promise<void> {
    this.id = this.parts.newWorkerId();
    await this.register();
    this.timers = [
      this.parts.clock.every(this.parts.beatMs, () => void this.beatUnlessWatched()),
      this.parts.clock.every(this.parts.beatMs / 4, () => this.watch()),
    ];
  }

  /** Tells the ledger that nothing more is claimed; the lease goes on while runs end. */
  async drain(): Promise<void> {
    await this.quietly(() => this.parts.registry.markDraining(this.id));
  }

  /** The end: the row says `stopped`, so whatever is left of this worker's can be taken back at once. */
  async stop(): Promise<void> {
    for (const timer of this.timers) timer.cancel();
    this.timers = [];
    this.isProven = false;
    this.watchdog?.stop();
    this.watchdog = undefined;
    await this.beating;
    await this.quietly(() => this.parts.registry.sayGoodbye(this.id));
  }

  private async beatUnlessWatched(): Promise<void> {
    if (this.watchdog === undefined) await this.beat();
  }

  private async beat(): Promise<void> {
    if (this.beating !== undefined) return;
    this.beating = this.beatOnce();
    await this.beating;
    this.beating = undefined;
  }

  private async beatOnce(): Promise<void> {
    const sentAtMs = this.parts.clock.monotonicMs();
    try {
      const alive = await this.parts.registry.beat(this.id, this.parts.leaseMs);
      if (alive) this.prove(sentAtMs);
      else await this.riseUnderNewId();
    } catch (error) {
      this.parts.events.emit('heartbeat.failed', { workerId: this.id, error });
    }
  }

  private async riseUnderNewId(): Promise<void> {
    this.buriedIds.add(this.id);
    this.lose('the ledger had declared this worker dead');
    this.id = this.parts.newWorkerId();
    await this.register();
  }

  private startWatchdog(): void {
    this.watchdog?.stop();
    this.watchdog = undefined;
    if (!this.parts.watchdog) return;
    const { registry, events } = this.parts;
    const workerId = this.id;
    const started = registry.startWatchdog(workerId, this.parts, (report) => this.hear(workerId, report));
    if ('impossible' in started) {
      events.emit('watchdog.absent', { workerId, reason: started.impossible });
      return;
    }
    this.watchdog = started;
  }

  private hear(workerId: string, report: WatchdogReport): void {
    if (workerId !== this.id || this.watchdog === undefined) return;
    const { events } = this.parts;
    if (report.kind === 'failed') events.emit('heartbeat.failed', { workerId, error: report.error });
    else if (report.kind === 'buried') void this.riseAgain();
    else {
      this.watchdog = undefined;
      events.emit('watchdog.absent', { workerId, reason: report.reason });
      void this.beat();
    }
  }

  /** A registration that fails is repeated by the beats of this loop: the buried id does not answer them either. */
  private async riseAgain(): Promise<void> {
    this.watchdog?.stop();
    this.watchdog = undefined;
    await this.beat();
  }

  /** What the watchdog has achieved since it was last looked at; it may be much, when the loop was blocked. */
  private readProof(): void {
    const sinceMs = this.watchdog?.sinceProofMs ?? Infinity;
    if (sinceMs < TRUSTED_SHARE * this.parts.leaseMs) this.prove(this.parts.clock.monotonicMs() - sinceMs);
  }

  private async register(): Promise<void> {
    const sentAtMs = this.parts.clock.monotonicMs();
    await this.parts.registry.register({ workerId: this.id, ...this.parts.describe() }, this.parts.leaseMs);
    this.parts.events.emit('worker.registered', { workerId: this.id });
    this.prove(sentAtMs);
    this.startWatchdog();
  }

  private prove(sentAtMs: number): void {
    this.provenUntilMs = Math.max(this.provenUntilMs, sentAtMs + TRUSTED_SHARE * this.parts.leaseMs);
    if (this.isProven) return;
    this.isProven = true;
    this.parts.onProven();
  }

  private watch(): void {
    this.readProof();
    if (!this.isProven || this.parts.clock.monotonicMs() < this.provenUntilMs) return;
    this.lose(`no heartbeat reached PostgreSQL for ${TRUSTED_SHARE * this.parts.leaseMs} ms`);
    void this.beatUnlessWatched();
  }

  private lose(reason: string): void {
    if (!this.isProven) return;
    this.isProven = false;
    this.parts.events.emit('lease.lost', { workerId: this.id, reason });
    this.parts.onLost();
  }

  /** A shutdown goes on without PostgreSQL: then the lease ends by itself. */
  private async quietly(tell: () => Promise<void>): Promise<void> {
    try {
      await tell();
    } catch (error) {
      this.parts.events.emit('heartbeat.failed', { workerId: this.id, error });
    }
  }
}
