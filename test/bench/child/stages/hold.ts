import type { BenchChild } from '../bench-child.js';
import { nowMs } from '../payload.js';

/** Keeps jobs in flight: the handler waits until it is told to go on. */
export class HeldWork {
  private held = 0;
  private waitingFor = 0;
  private filled: (() => void) | undefined;
  private firstAt: number | undefined;
  private gate = openableGate();

  constructor(private readonly child: BenchChild) {}

  /** Resolves when so many jobs are in flight. */
  async start(jobs: number): Promise<void> {
    const full = this.expect(jobs);
    await this.child.contestant.startWorker((payload) => {
      this.child.tally.note(payload);
      return this.hold();
    });
    await full;
  }

  /**
   * Lets go of those in flight and holds the next ones.
   * @returns when the first of the next started, by `nowMs`
   */
  async turnOver(jobs: number): Promise<{ firstAt: number }> {
    const full = this.expect(jobs);
    const { open } = this.gate;
    this.gate = openableGate();
    this.firstAt = undefined;
    open();
    await full;
    return { firstAt: this.firstAt ?? nowMs() };
  }

  /** Lets everything run from now on, and ends. */
  async finish(): Promise<void> {
    this.gate.open();
    await this.child.contestant.stopWorker();
  }

  private expect(jobs: number): Promise<void> {
    this.held = 0;
    this.waitingFor = jobs;
    return new Promise((resolve) => {
      this.filled = resolve;
    });
  }

  private hold(): Promise<void> {
    this.firstAt ??= nowMs();
    this.held += 1;
    if (this.held === this.waitingFor) this.filled?.();
    return this.gate.opened;
  }
}

interface Gate {
  readonly opened: Promise<void>;
  readonly open: () => void;
}

function openableGate(): Gate {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}
