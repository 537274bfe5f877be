// oxlint-disable unicorn/require-post-message-target-origin -- the port of a thread has no origin
import { Worker } from 'node:worker_threads';
import type { LeaseRhythm, Watchdog, WatchdogReport } from '../core/ports/watchdog.js';

/** What the thread needs to reach PostgreSQL. */
export interface WatchdogLink {
  /** Plain data: what cannot be copied to another thread has no place in it. */
  readonly config: object;
  /** The statement of a beat. */
  readonly text: string;
}

/** What the thread says. */
type ThreadWord =
  | { readonly kind: 'buried'; readonly workerId: string }
  | { readonly kind: 'failed'; readonly workerId: string; readonly name: string; readonly words: string };

/** Whom the thread guards, and who is told about it. */
interface Charge {
  readonly workerId: string;
  readonly tell: (report: WatchdogReport) => void;
}

const THREAD = new URL('./watchdog-thread.mjs', import.meta.url);

/** It holds a driver and one connection. */
const MEMORY = { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 4, stackSizeMb: 2 };

/** One thread that keeps the lease of this process; it takes on one worker id after the other. */
export class ThreadWatchdog {
  private thread: Worker | undefined;
  private charge: Charge | undefined;

  constructor(private readonly link: WatchdogLink) {}

  guard(workerId: string, rhythm: LeaseRhythm, tell: (report: WatchdogReport) => void): Watchdog {
    const proof = new SharedArrayBuffer(8);
    const provenAt = new BigInt64Array(proof); // made once: it is read before every start of a run
    this.charge = { workerId, tell };
    this.thread ??= this.startThread();
    this.thread.postMessage({ workerId, beatMs: rhythm.beatMs, leaseMs: rhythm.leaseMs, proof });
    const stop = (): void => this.dismiss(workerId);
    return {
      get sinceProofMs(): number {
        return sinceMs(Atomics.load(provenAt, 0));
      },
      stop,
    };
  }

  async close(): Promise<void> {
    const thread = this.thread;
    this.thread = undefined;
    this.charge = undefined;
    await thread?.terminate();
  }

  private startThread(): Worker {
    const thread = new Worker(THREAD, {
      workerData: this.link,
      resourceLimits: MEMORY,
      execArgv: [],
      name: 'kyu watchdog',
    });
    thread.unref();
    thread.on('message', (word: ThreadWord) => this.hear(word));
    thread.on('error', (error) => this.loseThread(thread, error.message));
    thread.on('exit', () => this.loseThread(thread, 'it ended'));
    return thread;
  }

  private hear(word: ThreadWord): void {
    const { charge } = this;
    if (charge === undefined || charge.workerId !== word.workerId) return;
    if (word.kind === 'buried') charge.tell({ kind: 'buried' });
    else charge.tell({ kind: 'failed', error: Object.assign(new Error(word.words), { name: word.name }) });
  }

  private loseThread(thread: Worker, reason: string): void {
    if (this.thread !== thread) return;
    this.thread = undefined;
    this.charge?.tell({ kind: 'gone', reason });
    this.charge = undefined;
  }

  private dismiss(workerId: string): void {
    if (this.charge?.workerId !== workerId) return;
    this.charge = undefined;
    this.thread?.postMessage(null);
  }
}

/** The two threads have this clock in common. */
function sinceMs(sentAt: bigint): number {
  return sentAt === 0n ? Infinity : Number(process.hrtime.bigint() - sentAt) / 1e6;
}
