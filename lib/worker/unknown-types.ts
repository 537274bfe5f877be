import type { EventBus } from '../core/event-bus.js';
import { UnknownJobTypeError } from '../core/errors.js';
import type { UnknownTypePolicy } from '../core/options.js';
import type { Clock } from '../core/ports/clock.js';
import type { HandlerTable } from '../core/ports/handler-table.js';
import type { LedgerReadings, WorkerReading } from '../core/ports/ledger-readings.js';
import type { RunLedger } from '../core/ports/run-ledger.js';
import { DEFAULT_BACKOFF } from '../core/retry-policy.js';
import { settle, type Settlement } from '../core/settlement.js';
import { bestMatch } from '../core/type-pattern.js';

/** What it works with. */
export interface UnknownTypesParts {
  readonly policy: UnknownTypePolicy;
  readonly handlers: HandlerTable;
  readonly readings: Pick<LedgerReadings, 'workers'>;
  readonly ledger: Pick<RunLedger, 'claimByQueue'>;
  readonly clock: Clock;
  readonly events: EventBus;
  readonly onSettled: (settlement: Settlement) => void;
}

/** A queue and a job type in it that has pending jobs, and no handler in any living worker. */
export interface UnhandledType {
  readonly queue: string;
  readonly type: string;
}

/** A type must have been without a handler for so long: a deployment may be under way. */
export const PATIENCE_MS = 60_000;
const BATCH_SIZE = 200;

/**
 * Pending jobs that nobody handles: told once, shown in status and health, and left where they are, unless the option
 * says that they are to be dead.
 *
 * Nobody: no living worker of the queue has told the ledger that it handles the type. A living worker that has told
 * nothing may handle anything, so beside it no type counts as unhandled.
 */
export class UnknownTypes {
  /** Per queue: each type, and since when it was seen without a handler. */
  private readonly sinceMs = new Map<string, Map<string, number>>();

  constructor(private readonly parts: UnknownTypesParts) {}

  get all(): UnhandledType[] {
    return [...this.sinceMs].flatMap(([queue, types]) => [...types.keys()].map((type) => ({ queue, type })));
  }

  /** The job types of a queue that have pending jobs, as they were read just now. */
  async note(queue: string, pendingTypes: readonly string[]): Promise<void> {
    const before = this.sinceMs.get(queue) ?? new Map<string, number>();
    const now = this.parts.clock.monotonicMs();
    const unhandled = await this.unhandledOf(queue, pendingTypes);
    this.sinceMs.set(queue, new Map(unhandled.map((type) => [type, before.get(type) ?? now])));
    const types = unhandled.filter((type) => !before.has(type));
    if (types.length > 0) this.parts.events.emit('types.unhandled', { queue, types });
  }

  /**
   * Makes dead, with the reason, what has been without a handler for long enough. The jobs are claimed first, so that
   * the usual fence decides about each of them. Must not be called while another claim of this worker is under way.
   */
  async bury(workerId: string): Promise<void> {
    if (this.parts.policy !== 'dead') return;
    for (const [queue, types] of this.sinceMs) {
      const ripe = [...types].filter(([, sinceMs]) => this.isOverdue(sinceMs)).map(([type]) => type);
      // Asked once more: somebody may have started a worker for them since the last look.
      for (const type of await this.unhandledOf(queue, ripe)) await this.buryType(workerId, queue, type);
    }
  }

  private async buryType(workerId: string, queue: string, type: string): Promise<void> {
    const rooms = [{ type, size: BATCH_SIZE }];
    const claims = await this.parts.ledger.claimByQueue(workerId, queue, rooms, BATCH_SIZE);
    for (const claim of claims) {
      const outcome = { kind: 'discarded' as const, error: new UnknownJobTypeError(claim.id, type, queue) };
      const times = { startedAfterMs: 0, finishedAfterMs: 0 };
      this.parts.onSettled(settle(claim, outcome, times, NO_RETRIES, this.parts.clock.random));
    }
  }

  private isOverdue(sinceMs: number): boolean {
    return this.parts.clock.monotonicMs() - sinceMs >= PATIENCE_MS;
  }

  private async unhandledOf(queue: string, types: readonly string[]): Promise<string[]> {
    const { handlers, readings } = this.parts;
    const notHere = types.filter((type) => handlers.find(type) === undefined);
    if (notHere.length === 0) return [];
    const living = (await readings.workers([queue])).filter((worker) => isLiving(worker, queue));
    if (living.some((worker) => worker.types === null)) return [];
    const handled = new Map(living.flatMap((worker) => worker.types ?? []).map((type) => [type, true]));
    return notHere.filter((type) => bestMatch(handled, type) === undefined);
  }
}

/** By its state alone: whose lease is over is for the reaper to say. */
function isLiving({ queues, state }: WorkerReading, queue: string): boolean {
  return (state === 'alive' || state === 'draining') && queues.includes(queue);
}

/** A discarded job asks for no delay; the rules are there because every settlement has some. */
const NO_RETRIES = { backoff: DEFAULT_BACKOFF, resultLimitBytes: 0 };
