import type { Claim } from '../core/claim.js';
import { LeaseLostError } from '../core/errors.js';
import type { JobId } from '../core/job.js';
import type { Timer } from '../core/ports/clock.js';
import type { LocalClaims } from '../core/ports/local-claims.js';
import type { CancelRequest } from '../core/ports/open-runs.js';
import type { Settlement } from '../core/settlement.js';
import { ClaimAhead } from './claim-ahead.js';
import { CancelWatch } from './cancel-watch.js';
import { ClaimLoop } from './claim-loop.js';
import { PauseWatch } from './pause-watch.js';
import { LeaseKeeper } from './lease-keeper.js';
import { LocalClaiming } from './local-claiming.js';
import { PoolDrain } from './pool-drain.js';
import type { PoolParts } from './pool-parts.js';
import { PoolUpkeep } from './pool-upkeep.js';
import { ProgressReporter } from './progress-reporter.js';
import { RunAttendant } from './run-attendant.js';
import { RunExecutor } from './run-executor.js';
import { RunLog } from './run-log.js';
import { RunStarter } from './run-starter.js';
import { SettleBatcher } from './settle-batcher.js';
import { SlotBook } from './slot-book.js';
import { watchStrayRejections } from './stray-rejections.js';
import { UnheardClaims } from './unheard-claims.js';
import type { UnhandledType } from './unknown-types.js';

/** Ended runs that may wait to be settled, beyond one for each slot, before nothing more is claimed. */
const UNSETTLED_RESERVE = 2_000;

/**
 * The runs of this process: claims come in, start when a slot is free, end as settlements.
 * Modes: stopped → running → draining (nothing is claimed; runs may end) → stopped.
 */
export class WorkerPool {
  private readonly slots: SlotBook;
  private readonly ahead: ClaimAhead;
  private readonly settling: SettleBatcher;
  private readonly executor: RunExecutor;
  private readonly lease: LeaseKeeper;
  private readonly pauses: PauseWatch;
  private readonly loop: ClaimLoop;
  private readonly cancels: CancelWatch;
  private readonly upkeep: PoolUpkeep;
  private readonly starter: RunStarter;
  private readonly unheard: UnheardClaims;
  private readonly local: LocalClaiming;
  private readonly ending: PoolDrain;
  private unwatch: (() => void) | undefined;
  private draining: Promise<void> | undefined;
  private mode: 'stopped' | 'running' | 'draining' = 'stopped';
  private received = 0;

  constructor(private readonly parts: PoolParts) {
    const { clock, events, handlers, ledger, dispatcher, limits } = parts;
    this.slots = new SlotBook(limits.scaling?.min ?? limits.workers, handlers.all(), limits.queueLimits);
    this.ahead = new ClaimAhead(clock, limits.workers);
    this.settling = new SettleBatcher({ ledger, dispatcher, clock, events });
    const log = new RunLog(parts);
    this.executor = new RunExecutor({
      handlers,
      clock,
      events,
      logger: parts.logger,
      telemetry: parts.telemetry,
      progress: new ProgressReporter(ledger, clock),
      attendant: new RunAttendant({ ...parts, log }),
      staleJobTimeoutMs: limits.staleJobTimeoutMs,
      cancelPatienceMs: limits.shutdownGraceMs,
      onEnd: (settlement) => {
        this.settle(settlement, log.whenWritten(settlement.claim));
        this.freeSlot(settlement.claim);
      },
      onSettledEnd: (claim) => this.freeSlot(claim),
    });
    this.starter = new RunStarter({
      handlers,
      clock,
      slots: this.slots,
      isOpen: () => this.mode === 'running',
      covers: (workerId) => this.lease.covers(workerId),
      isQuiet: () => this.executor.size + this.settling.size === 0 && !this.isClaiming,
      begin: (claim, claimedAtMs) => this.executor.start(claim, claimedAtMs),
      onEnd: (settlement) => this.settle(settlement),
      onOpened: () => this.loop.wake(),
    });
    this.unheard = new UnheardClaims({
      ledger,
      dispatcher,
      events,
      queues: parts.rotation.queues,
      known: () => this.knownJobs(),
    });
    this.cancels = new CancelWatch({
      ...parts,
      workerIds: () => this.workerIds(),
      onRequest: (request) => this.cancel(request),
    });
    this.lease = new LeaseKeeper({
      ...parts,
      ...limits,
      onLost: () => this.giveUp(),
      onProven: () => this.loop.wake(),
    });
    this.pauses = new PauseWatch({ pauses: parts.pauses, queues: parts.rotation.queues, clock });
    this.local = new LocalClaiming({
      slots: this.slots,
      rotation: parts.rotation,
      clock,
      workerId: () => this.lease.coveredId,
      isCalm: () => this.isCalm,
      isPaused: (job) => this.pauses.isPaused(job),
      onClaim: (claim) => this.receiveLocal(claim),
      onDoubt: () => this.loop.doubt(),
    });
    this.loop = new ClaimLoop({
      ...parts,
      pauses: this.pauses,
      slots: this.slots,
      ahead: this.ahead,
      pollIntervalMs: limits.pollIntervalMs,
      workerId: () => this.lease.workerId,
      mayClaim: () => !this.starter.isClosed && this.settling.size < limits.workers + UNSETTLED_RESERVE,
      onClaims: (claims) => this.receive(claims),
      handBackUnheard: (workerId) => this.unheard.handBack(workerId),
      buryUnknown: (workerId) => this.upkeep.buryUnknown(workerId),
    });
    this.upkeep = new PoolUpkeep({
      ...parts,
      scaling: limits.scaling,
      onUnknown: limits.onUnknown,
      slots: this.slots,
      queues: parts.rotation.queues,
      onSettled: (settlement) => this.settling.push(settlement),
      onMore: () => {
        this.starter.startWaiting();
        this.loop.wake();
      },
    });
    this.ending = new PoolDrain({
      clock,
      events,
      executor: this.executor,
      starter: this.starter,
      settling: this.settling,
      lease: this.lease,
      cancels: this.cancels,
      stopClaiming: () => Promise.all([this.loop.stop(), this.local.whenNone(), this.upkeep.stop()]),
      onStopped: () => this.rest(),
    });
    events.on('runs.settled', () => this.loop.roomFreed());
  }

  /** Runs in this process, and claims that wait for a slot. */
  get inFlight(): number {
    return this.executor.size + this.starter.size;
  }

  /** Nothing is being claimed, runs, waits or is about to be settled. */
  get isIdle(): boolean {
    return this.inFlight === 0 && this.settling.size === 0 && !this.isClaiming;
  }

  /** For the producer of the same process; `undefined` when the options switch it off. */
  get localClaims(): LocalClaims | undefined {
    return this.parts.limits.localClaim ? this.local : undefined;
  }

  /** How many claims this process has received so far. */
  get claimCount(): number {
    return this.received;
  }

  /** How many runs there may be at once, now. */
  get size(): number {
    return this.slots.size;
  }

  /** The job types that this process asks for, those that it has learned included. */
  get types(): readonly string[] {
    return this.slots.typeNames;
  }

  /** Pending job types that no living worker handles. */
  get unhandledTypes(): readonly UnhandledType[] {
    return this.upkeep.unhandledTypes;
  }

  get workerId(): string | undefined {
    return this.lease.workerId;
  }

  get state(): 'stopped' | 'running' | 'draining' {
    return this.mode;
  }

  get beatTimer(): Timer | undefined {
    return this.lease.beatTimer;
  }

  /** @throws when the worker cannot be registered in the ledger */
  async start(): Promise<void> {
    if (this.mode !== 'stopped') return;
    await this.lease.start();
    this.unwatch = watchStrayRejections((run, error) => this.executor.failStray(run, error));
    this.settling.resume();
    this.cancels.start();
    this.mode = 'running';
    this.draining = undefined;
    this.loop.start();
    this.upkeep.start();
  }

  /** Learns which types are pending; for those who cannot wait for the next look. */
  look(): Promise<void> {
    return this.upkeep.look();
  }

  /** A signal that something may be pending. */
  wake(): void {
    this.loop.wake();
    this.upkeep.wake();
  }

  /** Something was paused or goes on, as far as this process has heard. */
  pausesChanged(): void {
    this.pauses.doubt();
    this.loop.wake();
  }

  /**
   * Ends in order: take nothing more, let runs end within the grace period, abort them, hand back what is left
   * uncharged, write every settlement, say goodbye. Ends within grace + 3 s even when no store answers.
   */
  drain(graceMs = this.parts.limits.shutdownGraceMs): Promise<void> {
    if (this.mode === 'stopped') return Promise.resolve();
    this.mode = 'draining';
    this.draining ??= this.ending.run(graceMs);
    return this.draining;
  }

  private rest(): void {
    this.unwatch?.();
    this.mode = 'stopped';
  }

  /** Jobs may become this worker's at this moment. */
  private get isClaiming(): boolean {
    return this.loop.isSearching || this.local.size > 0;
  }

  private get isCalm(): boolean {
    if (this.mode !== 'running' || this.loop.isSearching || this.starter.isClosed) return false;
    return this.starter.size === 0 && this.settling.size <= this.slots.size;
  }

  private receiveLocal(claim: Claim): void {
    this.parts.events.emit('runs.claimed', { queue: claim.queue, claims: [claim], hints: 0 });
    this.receive([claim]);
  }

  private receive(claims: readonly Claim[]): void {
    this.received += claims.length;
    this.starter.receive(claims);
  }

  /** @param first what has to be over before the run may be settled */
  private settle(settlement: Settlement, first?: Promise<void>): void {
    this.settling.push(settlement, first);
    if (settlement.outcome === 'released') this.ending.countReleased();
  }

  private freeSlot(claim: Claim): void {
    this.slots.giveBack(claim);
    this.starter.slotFreed(claim);
    this.ahead.runEnded();
    this.starter.startWaiting();
    this.loop.roomFreed();
  }

  private knownJobs(): JobId[] {
    const waiting = this.starter.claims.map(({ id }) => id);
    return [...this.executor.jobIds, ...waiting, ...this.local.jobIds, ...this.settling.jobIds];
  }

  /** One as a rule; a process that lost its lease may still have runs of the worker that it was. */
  private workerIds(): string[] {
    return [...new Set([...this.executor.claims, ...this.starter.claims].map(({ workerId }) => workerId))];
  }

  private cancel(request: CancelRequest): void {
    if (!this.starter.cancel(request)) this.executor.cancel(request);
  }

  /** The lease is lost: others may act on the death of this process from now on. */
  private giveUp(): void {
    this.starter.handBackWaiting();
    this.executor.abortAll('lease-lost', (claim) => new LeaseLostError(claim.id, claim.run));
  }
}
