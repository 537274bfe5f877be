import type { Socket } from 'node:net';
import type { LaneFault } from './faults.js';

/** What a lane says to its link. */
export interface LaneEvents {
  /** So many bytes have arrived as were allowed. */
  readonly onCut: () => void;
}

/** A packet under way, or the end of the stream. */
interface Cargo {
  readonly bytes: Buffer | 'end';
  readonly dueAt: number;
}

/** One way of one connection: bytes go in on one side, and come out on the other as the fault of the moment has it. */
export class Lane {
  private readonly underWay: Cargo[] = [];
  private lastDueAt = 0;
  private timer: NodeJS.Timeout | undefined;
  private bytesLeft = Infinity;
  private isDead = false;

  constructor(
    private readonly to: Socket,
    private fault: LaneFault,
    private readonly events: LaneEvents,
  ) {
    this.change(fault);
  }

  /** What is under way already keeps its time; a black hole stops it, and its end lets it go on. */
  change(fault: LaneFault): void {
    this.fault = fault;
    this.bytesLeft = fault.cutAfterBytes ?? Infinity;
    this.move();
  }

  take(bytes: Buffer | 'end'): void {
    if (this.isDead) return;
    const { bytesPerSecond = Infinity, delayMs = 0, jitterMs = 0 } = this.fault;
    const size = bytes === 'end' ? 0 : bytes.length;
    const latency = delayMs + jitterMs * Math.random();
    const sentAt = Math.max(performance.now() + latency, this.lastDueAt);
    this.lastDueAt = sentAt + (size / bytesPerSecond) * 1_000;
    this.underWay.push({ bytes, dueAt: this.lastDueAt });
    this.move();
  }

  /** Nothing arrives any more, for good; what was under way is lost. */
  die(): void {
    this.isDead = true;
    this.underWay.length = 0;
    clearTimeout(this.timer);
  }

  private move(): void {
    clearTimeout(this.timer);
    if (this.fault.blackHole === true) return;
    for (let next = this.underWay.at(0); next !== undefined; next = this.underWay.at(0)) {
      const waitMs = next.dueAt - performance.now();
      if (waitMs > 0) {
        this.timer = setTimeout(() => this.move(), waitMs); // the slow line itself
        return;
      }
      this.underWay.shift();
      this.deliver(next.bytes);
    }
  }

  private deliver(bytes: Buffer | 'end'): void {
    if (bytes === 'end') return void this.to.end();
    this.to.write(bytes.subarray(0, Math.min(bytes.length, this.bytesLeft)));
    this.bytesLeft -= bytes.length;
    if (this.bytesLeft <= 0) this.events.onCut();
  }
}
