import type { Clock, Timer } from '../../core/ports/clock.js';
import type { LedgerGlance, Topic } from './glance.js';
import type { HttpStream } from '../http/exchange.js';
import { closing } from '../refusal.js';
import { LiveClient } from './live-client.js';

export interface LiveEventsParts {
  readonly clock: Clock;
  readonly glance: () => Promise<LedgerGlance>;
}

const LOOK_MS = 1_000;
const HEARTBEAT_MS = 15_000;
/** A stream ends after so long and is opened anew: then the guards of the application are asked again. */
const LONGEST_STREAM_MS = 600_000;

/**
 * Tells the open pages that something changed. There is one look at the ledger a second for all of them together, and
 * none while nobody watches.
 */
export class LiveEvents {
  private readonly clients = new Set<LiveClient>();
  private looking: Timer | undefined;
  private beating: Timer | undefined;
  private isLooking = false;
  private isClosed = false;
  private last: LedgerGlance | undefined;

  constructor(private readonly parts: LiveEventsParts) {}

  get clientCount(): number {
    return this.clients.size;
  }

  /** @throws ApiRefusal during a shutdown */
  refuseWhenClosed(): void {
    if (this.isClosed) throw closing();
  }

  /** @param mayStay whether whoever listens still may, asked with each heartbeat; never rejects */
  open(stream: HttpStream, mayStay: () => Promise<boolean>): void {
    const client = new LiveClient(stream, mayStay);
    const over = this.parts.clock.after(LONGEST_STREAM_MS, () => client.end());
    this.clients.add(client);
    stream.closed(() => {
      over.cancel();
      this.clients.delete(client);
      if (this.clients.size === 0) this.rest();
    });
    client.greet();
    // Whoever comes later has heard nothing yet.
    if (this.last !== undefined) client.tell(Object.keys(this.last.marks) as Topic[], this.last.counted);
    this.wake();
  }

  close(): void {
    this.isClosed = true;
    for (const client of this.clients) client.end();
    this.rest();
  }

  private wake(): void {
    if (this.looking !== undefined) return;
    this.looking = this.parts.clock.every(LOOK_MS, () => void this.look());
    this.beating = this.parts.clock.every(HEARTBEAT_MS, () =>
      this.clients.forEach((client) => void client.beat()),
    );
    void this.look();
  }

  private rest(): void {
    this.looking?.cancel();
    this.beating?.cancel();
    this.looking = this.beating = this.last = undefined;
  }

  /** A ledger that is slow is not asked a second time meanwhile; one that is away is asked again a second later. */
  private async look(): Promise<void> {
    if (this.isLooking) return;
    this.isLooking = true;
    try {
      const glance = await this.parts.glance();
      const topics = changedTopics(this.last, glance);
      if (this.looking === undefined) return;
      this.last = glance;
      if (topics.length > 0) for (const client of this.clients) client.tell(topics, glance.counted);
    } catch {
      // The pages show what their own requests are answered; there is nothing to tell them.
    } finally {
      this.isLooking = false;
    }
  }
}

/** Of the first look everything is news. */
function changedTopics(before: LedgerGlance | undefined, now: LedgerGlance): Topic[] {
  const topics = Object.keys(now.marks) as Topic[];
  return topics.filter((topic) => before?.marks[topic] !== now.marks[topic]);
}
