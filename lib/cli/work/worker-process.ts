import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Order, Report, WorkSettings } from './messages.js';

const PROGRAM = fileURLToPath(new URL('./working-process.js', import.meta.url));

/** How a process ended. */
export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Who listens to a process. */
export interface WorkerProcessListener {
  readonly onReport: (report: Report) => void;
  readonly onEnd: (end: ProcessEnd) => void;
}

/** One process that works. */
export class WorkerProcess {
  /** Its worker in the ledger, by instance; a worker that lost its lease registers anew. */
  readonly workerIds = new Map<string, string>();
  isReady = false;
  isDone = false;
  private readonly child: ChildProcess;
  private hasEnded = false;

  constructor(settings: WorkSettings, listener: WorkerProcessListener) {
    this.child = fork(PROGRAM, [], {
      serialization: 'advanced',
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    this.child.on('message', (report: Report) => {
      this.remember(report);
      listener.onReport(report);
    });
    const end = (code: number | null, signal: NodeJS.Signals | null): void => {
      if (this.hasEnded) return;
      this.hasEnded = true;
      listener.onEnd({ code, signal });
    };
    this.child.once('error', () => end(1, null));
    this.child.once('exit', end);
    this.order({ kind: 'work', settings });
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  order(order: Order): void {
    // It may die before it reads it: its end says so.
    if (this.child.connected) this.child.send(order, () => {});
  }

  kill(signal: NodeJS.Signals): void {
    if (!this.hasEnded) this.child.kill(signal);
  }

  private remember(report: Report): void {
    if (report.kind === 'registered') this.workerIds.set(report.instance, report.workerId);
    else if (report.kind === 'ready') this.isReady = true;
    else this.isDone = true;
  }
}
