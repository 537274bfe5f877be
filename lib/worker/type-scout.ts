import type { EventBus } from '../core/event-bus.js';
import type { Clock, Timer } from '../core/ports/clock.js';
import type { HandlerTable } from '../core/ports/handler-table.js';
import { isTypePattern } from '../core/type-pattern.js';
import type { SlotBook } from './slot-book.js';
import type { UnknownTypes } from './unknown-types.js';

/** What the scout works with. */
export interface ScoutParts {
  readonly handlers: HandlerTable;
  readonly slots: SlotBook;
  readonly unknown: UnknownTypes;
  readonly queues: readonly string[];
  /** The job types of a queue that have pending jobs. */
  readonly pendingTypes: (queue: string) => Promise<readonly string[]>;
  readonly clock: Clock;
  readonly events: EventBus;
  /** There is a type to search for that there was not before. */
  readonly onLearned: () => void;
}

/** A type that nobody here has seen yet waits no longer than this for a handler of its prefix. */
const LOOK_PERIOD_MS = 1_000;
/** Without such handlers it only looks for types that nobody handles, which is never urgent. */
const IDLE_LOOK_PERIOD_MS = 5_000;
/** Signals come with every announcement; a look for each would be a load of its own. */
const LEAST_GAP_MS = 250;
/** A learned type that has had nothing to do for so long is no longer asked for. */
const FORGET_AFTER_MS = 60_000;
/** More types than this are not asked for at once: the others come in as those have nothing left. */
const MOST_LEARNED = 1_000;

/**
 * Finds out which job types are pending. Ready sets and claims are per type, so the types under a prefix
 * (`@JobHandler('report:sales:*')`) must be known by name before they can be asked for.
 *
 * What this process enqueues is learned at once; what others enqueue, at the signal that comes with it, or at the next
 * look. A type is learned once: from then on its jobs start like those of any other.
 */
export class TypeScout {
  private readonly hasPatterns: boolean;
  /** Learned types, and when each was last seen to have anything to do. */
  private readonly seenMs = new Map<string, number>();
  private timer: Timer | undefined;
  private early: Timer | undefined;
  private looking: Promise<void> | undefined;
  private lookedMs = Number.NEGATIVE_INFINITY;
  private unlisten: (() => void) | undefined;

  constructor(private readonly parts: ScoutParts) {
    this.hasPatterns = parts.handlers.all().some(({ type }) => isTypePattern(type));
  }

  start(): void {
    const { clock, events, queues } = this.parts;
    this.timer ??= clock.every(
      this.hasPatterns ? LOOK_PERIOD_MS : IDLE_LOOK_PERIOD_MS,
      () => void this.look(),
    );
    void this.look();
    if (!this.hasPatterns) return;
    this.unlisten ??= events.on('jobs.enqueued', ({ jobs, queue }) => {
      if (queues.includes(queue)) this.learn(jobs.map(({ type }) => type));
    });
  }

  async stop(): Promise<void> {
    this.timer?.cancel();
    this.early?.cancel();
    this.unlisten?.();
    this.timer = undefined;
    this.early = undefined;
    this.unlisten = undefined;
    await this.looking;
  }

  /** Something may have become pending, of a type that is not known yet. */
  wake(): void {
    if (!this.hasPatterns || this.timer === undefined || this.early !== undefined) return;
    const { clock } = this.parts;
    const waitMs = this.lookedMs + LEAST_GAP_MS - clock.monotonicMs();
    if (waitMs <= 0) {
      void this.look();
      return;
    }
    this.early = clock.after(waitMs, () => {
      this.early = undefined;
      void this.look();
    });
  }

  /** Reads the ledger once, whoever asks; never rejects. */
  look(): Promise<void> {
    this.looking ??= this.lookOnce().finally(() => (this.looking = undefined));
    return this.looking;
  }

  private async lookOnce(): Promise<void> {
    const { clock, events, pendingTypes, queues, unknown } = this.parts;
    this.lookedMs = clock.monotonicMs();
    try {
      for (const queue of queues) {
        const types = await pendingTypes(queue);
        this.learn(types);
        await unknown.note(queue, types);
      }
      this.forgetIdle();
    } catch (error) {
      events.emit('engine.failed', { during: 'look for job types', error });
    }
  }

  private learn(types: readonly string[]): void {
    if (!this.hasPatterns) return;
    const { clock, handlers, onLearned, slots } = this.parts;
    const now = clock.monotonicMs();
    let isNew = false;
    for (const type of types) {
      const handler = handlers.find(type);
      if (handler === undefined || !isTypePattern(handler.type)) continue;
      if (!this.seenMs.has(type) && this.seenMs.size >= MOST_LEARNED) continue;
      this.seenMs.set(type, now);
      if (slots.learn(type)) isNew = true;
    }
    if (isNew) onLearned();
  }

  private forgetIdle(): void {
    const forgetMs = this.parts.clock.monotonicMs() - FORGET_AFTER_MS;
    for (const [type, seenMs] of this.seenMs) {
      if (seenMs > forgetMs) continue;
      this.seenMs.delete(type);
      this.parts.slots.forget(type);
    }
  }
}
