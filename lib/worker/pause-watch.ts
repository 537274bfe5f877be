import type { Room } from '../core/claim.js';
import type { Clock } from '../core/ports/clock.js';
import { restsBy, type PauseReadings, type QueuePause } from '../core/ports/queue-pauses.js';

/** What the watch works with. */
export interface PauseWatchParts {
  readonly pauses: PauseReadings;
  readonly queues: readonly string[];
  readonly clock: Clock;
}

/** While nothing rests, a worker that searches asks so often whether that is still so. */
const FRESH_MS = 1_000;

/** While something rests, it asks with nearly every search: what goes on again is to start at once. */
const FRESH_WHILE_PAUSED_MS = 100;

/** While something rests, a worker that has nothing to do looks so often whether it goes on again. */
const LONGEST_REST_WHILE_PAUSED_MS = 500;

/**
 * What this worker knows of the queues and job types that rest. The claim statements refuse what rests by themselves;
 * this keeps a worker from taking hints that it would only burn, and costs an idle worker nothing.
 */
export class PauseWatch {
  private known: readonly QueuePause[] = [];
  private readAtMs = Number.NEGATIVE_INFINITY;
  private isInDoubt = false;

  constructor(private readonly parts: PauseWatchParts) {}

  /**
   * Asks the ledger, unless it was asked a moment ago. A worker that knows of no pause does not wait for the answer:
   * its first claim after an idle time would be later by it, and is refused anyway if it must be.
   */
  async refresh(): Promise<void> {
    const { clock } = this.parts;
    const now = clock.monotonicMs();
    const freshMs = this.isAnythingPaused ? FRESH_WHILE_PAUSED_MS : FRESH_MS;
    if (!this.isInDoubt && now - this.readAtMs < freshMs) return;
    const mustWait = this.isInDoubt || this.isAnythingPaused;
    this.isInDoubt = false;
    this.readAtMs = now;
    const reading = this.read();
    if (mustWait) await reading;
    else reading.catch(() => {}); // it is asked again, and a claim that fails as well is reported
  }

  /** What is known may be wrong: the next search asks the ledger first. */
  doubt(): void {
    this.isInDoubt = true;
  }

  get isAnythingPaused(): boolean {
    return this.known.length > 0;
  }

  /** The rooms that may be filled from this queue. */
  openRooms(queue: string, rooms: readonly Room[]): Room[] {
    if (!this.isAnythingPaused) return [...rooms];
    return rooms.filter(({ type }) => !this.known.some((pause) => restsBy(pause, { queue, type })));
  }

  /** Whether the type rests in the queue, as far as is known. */
  isPaused(job: { readonly queue: string; readonly type: string }): boolean {
    return this.known.some((pause) => restsBy(pause, job));
  }

  /** How long the worker may rest, of the time that it would rest else. */
  longestRestMs(otherwiseMs: number): number {
    return this.isAnythingPaused ? Math.min(LONGEST_REST_WHILE_PAUSED_MS, otherwiseMs) : otherwiseMs;
  }

  private async read(): Promise<void> {
    try {
      this.known = await this.parts.pauses.list(this.parts.queues);
    } catch (error) {
      this.doubt();
      throw error;
    }
  }
}
