/** How a batcher works through what it is given. */
export interface BatcherOptions<Item> {
  /** Handles one batch. It must not reject: whoever flushes knows what a failure means for its items. */
  readonly flush: (items: Item[]) => Promise<void>;
  readonly maxSize: number;
  /** How many flushes may be under way at once. */
  readonly maxInFlight: number;
}

/**
 * The one batching idea of Kyu: while one flush is under way, collect the next.
 * There is no timer: an idle system adds no latency, and under load the batches grow by themselves.
 *
 * Modes: idle (nothing waits) → gathering (items of this turn of the event loop join) → flushing (up to
 * `maxInFlight`; later items wait) → back to gathering while anything waits, else idle.
 */
export class Batcher<Item> {
  private waiting: Item[] = [];
  private inFlight = 0;
  private inFlightItems = 0;
  private gathering = false;
  private idleListeners: (() => void)[] = [];

  constructor(private readonly options: BatcherOptions<Item>) {}

  /** Items that wait or are being flushed. */
  get size(): number {
    return this.waiting.length + this.inFlightItems;
  }

  push(item: Item): void {
    this.waiting.push(item);
    this.gather();
  }

  /** Resolves when nothing waits and nothing is under way. */
  async whenIdle(): Promise<void> {
    if (this.size === 0) return;
    await new Promise<void>((resolve) => this.idleListeners.push(resolve));
  }

  /** One turn of the event loop is the gathering time: callers that were woken together share a batch. */
  private gather(): void {
    if (this.gathering || this.inFlight >= this.options.maxInFlight) return;
    this.gathering = true;
    setImmediate(() => {
      this.gathering = false;
      this.flushWaiting();
    });
  }

  private flushWaiting(): void {
    while (this.waiting.length > 0 && this.inFlight < this.options.maxInFlight) {
      void this.flushBatch(this.waiting.splice(0, this.options.maxSize));
    }
  }

  private async flushBatch(items: Item[]): Promise<void> {
    this.inFlight += 1;
    this.inFlightItems += items.length;
    try {
      await this.options.flush(items);
    } finally {
      this.inFlight -= 1;
      this.inFlightItems -= items.length;
      if (this.waiting.length > 0) this.gather();
      else if (this.inFlight === 0) this.tellIdle();
    }
  }

  private tellIdle(): void {
    const listeners = this.idleListeners;
    this.idleListeners = [];
    for (const listener of listeners) listener();
  }
}
