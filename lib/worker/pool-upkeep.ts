import type { EventBus } from '../core/event-bus.js';
import type { UnknownTypePolicy, WorkerScaling } from '../core/options.js';
import type { Clock } from '../core/ports/clock.js';
import type { HandlerTable } from '../core/ports/handler-table.js';
import type { LedgerReadings } from '../core/ports/ledger-readings.js';
import type { RunLedger } from '../core/ports/run-ledger.js';
import type { Settlement } from '../core/settlement.js';
import { PoolScaler } from './pool-scaler.js';
import type { SlotBook } from './slot-book.js';
import { TypeScout } from './type-scout.js';
import { UnknownTypes, type UnhandledType } from './unknown-types.js';

/** What the pool looks after itself with. */
export interface PoolUpkeepParts {
  readonly handlers: HandlerTable;
  readonly slots: SlotBook;
  readonly queues: readonly string[];
  readonly ledger: Pick<RunLedger, 'claimByQueue'>;
  readonly readings: Pick<LedgerReadings, 'workers'>;
  /** The job types of a queue that have pending jobs. */
  readonly pendingTypes: (queue: string) => Promise<readonly string[]>;
  /** Pending jobs of some types, counted no further than the limit. */
  readonly countPending: (types: readonly string[], limit: number) => Promise<number>;
  readonly scaling: WorkerScaling | null;
  readonly onUnknown: UnknownTypePolicy;
  readonly clock: Clock;
  readonly events: EventBus;
  readonly onSettled: (settlement: Settlement) => void;
  /** There is more to search for than before: another type, or more slots. */
  readonly onMore: () => void;
}

/** What a running pool does beside claiming and running: it learns types, notes those that nobody handles, and grows. */
export class PoolUpkeep {
  private readonly unknown: UnknownTypes;
  private readonly scout: TypeScout;
  private readonly scaler: PoolScaler | undefined;

  constructor(parts: PoolUpkeepParts) {
    const { countPending, onMore, onUnknown, scaling, slots } = parts;
    this.unknown = new UnknownTypes({ ...parts, policy: onUnknown });
    this.scout = new TypeScout({ ...parts, unknown: this.unknown, onLearned: onMore });
    if (scaling === null) return;
    this.scaler = new PoolScaler({
      ...parts,
      scaling,
      countPending: (atMost) => countPending(slots.typeNames, atMost),
      onGrown: onMore,
    });
  }

  /** Pending job types that no living worker handles. */
  get unhandledTypes(): readonly UnhandledType[] {
    return this.unknown.all;
  }

  start(): void {
    this.scout.start();
    this.scaler?.start();
  }

  /** Resolves when the look under way has ended. */
  async stop(): Promise<void> {
    this.scaler?.stop();
    await this.scout.stop();
  }

  /** A signal that something may be pending. */
  wake(): void {
    this.scout.wake();
  }

  /** Learns now which types are pending. */
  look(): Promise<void> {
    return this.scout.look();
  }

  /** Sees to what nobody handles. Must not be called while a claim of this worker is under way. */
  buryUnknown(workerId: string): Promise<void> {
    return this.unknown.bury(workerId);
  }
}
