/** More than any sane number of job types; names beyond it work as well, only the probe does not look at them. */
const MOST_TYPES = 1_000;
/** A producer may know a queue per tenant; looking at each of them every second would be a load of its own. */
const MOST_WATCHED_QUEUES = 100;

interface QueueEntry {
  epoch: string | undefined;
  forgotten: boolean;
  readonly types: Set<string>;
  /** Types whose window had no place for anything at the last announcement. */
  readonly full: Set<string>;
}

/** What this process knows of the queues in Redis: their epochs, and whether one must be restored. */
export class QueueMemory {
  private readonly entries = new Map<string, QueueEntry>();
  private newOnesAreForgotten = false;

  constructor(queues: readonly string[]) {
    for (const queue of queues) this.entry(queue);
  }

  /** The queues to look at while nothing is to do: those that are served come first. */
  watchedQueues(): string[] {
    return [...this.entries.keys()].slice(0, MOST_WATCHED_QUEUES);
  }

  typesOf(queue: string): ReadonlySet<string> {
    return this.entry(queue).types;
  }

  noteTypes(queue: string, types: Iterable<string>): void {
    const known = this.entry(queue).types;
    for (const type of types) if (known.size < MOST_TYPES) known.add(type);
  }

  isFull(queue: string, type: string): boolean {
    return this.entry(queue).full.has(type);
  }

  /** What an announcement of these types came to. */
  noteFull(queue: string, announced: Iterable<string>, full: ReadonlySet<string>): void {
    const known = this.entry(queue).full;
    for (const type of announced) {
      if (full.has(type)) known.add(type);
      else known.delete(type);
    }
  }

  epochOf(queue: string): string | undefined {
    return this.entry(queue).epoch;
  }

  noteEpoch(queue: string, epoch: string): void {
    this.entry(queue).epoch = epoch;
  }

  /** Redis no longer holds what it should; the next to take from the queue is told. */
  noteForgotten(queue: string): void {
    this.entry(queue).forgotten = true;
  }

  /** As `noteForgotten`, for all queues, and for those that are not known yet. */
  noteEverythingForgotten(): void {
    this.newOnesAreForgotten = true;
    for (const entry of this.entries.values()) entry.forgotten = true;
  }

  isForgotten(queue: string): boolean {
    return this.entry(queue).forgotten;
  }

  /** Whether the queue must be restored. Answers yes once: whoever asks sees to it. */
  consumeForgotten(queue: string): boolean {
    const entry = this.entry(queue);
    const { forgotten } = entry;
    entry.forgotten = false;
    return forgotten;
  }

  private entry(queue: string): QueueEntry {
    const existing = this.entries.get(queue);
    if (existing !== undefined) return existing;
    const forgotten = this.newOnesAreForgotten;
    const entry: QueueEntry = { epoch: undefined, forgotten, types: new Set(), full: new Set() };
    this.entries.set(queue, entry);
    return entry;
  }
}
