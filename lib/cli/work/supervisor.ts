import type { Clock, Timer } from '../../core/ports/clock.js';
import { EXIT } from '../exit-codes.js';
import { shortSpan } from '../output/times.js';
import type { Report, WorkSettings } from './messages.js';
import { RestartPolicy } from './restart-policy.js';
import type { Undertaker } from './undertaker.js';
import { WorkerProcess, type ProcessEnd } from './worker-process.js';

/** What the supervisor works with. */
export interface SupervisorParts {
  readonly settings: WorkSettings;
  readonly processes: number;
  readonly clock: Clock;
  readonly undertaker: Pick<Undertaker, 'learn' | 'bury'>;
  /** Says a line to whoever reads the log. */
  readonly say: (line: string) => void;
}

/** A place for one process; who dies in it has a successor. */
interface Seat {
  readonly number: number;
  readonly restarts: RestartPolicy;
  process: WorkerProcess | undefined;
  startedAtMs: number;
  /** A process of this seat has worked: the application can start. */
  hasWorked: boolean;
  pause: Timer | undefined;
}

/**
 * Keeps a number of processes working. The operating system tells it of a death at once, so it ends the lease of the
 * dead worker itself and nobody waits for it to run out. It ends when all processes have ended, because they were told
 * to, or had nothing left to do, or because the application does not start.
 */
export class Supervisor {
  private readonly seats: Seat[];
  private code: number = EXIT.ok;
  private isStopping = false;
  private finish: (code: number) => void = () => {};

  constructor(private readonly parts: SupervisorParts) {
    this.seats = Array.from({ length: parts.processes }, (_, index) => ({
      number: index + 1,
      restarts: new RestartPolicy(),
      process: undefined,
      startedAtMs: 0,
      hasWorked: false,
      pause: undefined,
    }));
  }

  /** Resolves with the exit code when everything has ended. */
  run(): Promise<number> {
    const ended = new Promise<number>((resolve) => (this.finish = resolve));
    for (const seat of this.seats) this.start(seat);
    return ended;
  }

  /** Lets every process drain; at the second call nobody is waited for. */
  stop(signal: NodeJS.Signals): void {
    const isImpatient = this.isStopping;
    this.isStopping = true;
    if (isImpatient) this.worsen(EXIT.failed);
    for (const seat of this.seats) {
      seat.pause?.cancel();
      seat.pause = undefined;
      // One that does not work yet has nothing to drain, and no hook that would listen.
      seat.process?.kill(
        isImpatient || seat.process.isReady ? (isImpatient ? 'SIGKILL' : signal) : 'SIGKILL',
      );
    }
    this.endWhenEmpty();
  }

  private start(seat: Seat): void {
    seat.pause = undefined;
    seat.startedAtMs = this.parts.clock.monotonicMs();
    const process = new WorkerProcess(this.parts.settings, {
      onReport: (report) => this.hear(seat, report),
      onEnd: (end) => void this.onEnd(seat, process, end),
    });
    seat.process = process;
  }

  private hear(seat: Seat, report: Report): void {
    if (report.kind !== 'ready') return;
    seat.hasWorked = true;
    this.parts.undertaker.learn(report.told);
    this.parts.say(`process ${seat.number} of ${this.seats.length} works (pid ${seat.process?.pid})`);
    if (this.isStopping) seat.process?.kill('SIGTERM');
  }

  private async onEnd(seat: Seat, process: WorkerProcess, end: ProcessEnd): Promise<void> {
    seat.process = undefined;
    const isOrderly = process.isDone || (this.isStopping && this.isEndOfOurs(process, end));
    if (!isOrderly) {
      // The lease first: every millisecond of it is one that jobs wait.
      void this.bury(process);
      this.parts.say(`process ${seat.number} (pid ${process.pid}) ${describe(end)}`);
      this.replace(seat, end);
    } else if (process.isDone && end.code !== 0) {
      this.worsen(EXIT.failed);
    }
    this.endWhenEmpty();
  }

  private replace(seat: Seat, end: ProcessEnd): void {
    if (this.isStopping) return this.worsen(EXIT.failed);
    if (!seat.hasWorked) {
      this.worsen(end.code === null || end.code === 0 ? EXIT.failed : end.code);
      this.parts.say('The application does not start, so nothing is tried again.');
      this.stop('SIGTERM');
      return;
    }
    const { clock } = this.parts;
    const delayMs = seat.restarts.delayAfter(clock.monotonicMs() - seat.startedAtMs);
    if (delayMs === 0) return this.start(seat);
    this.parts.say(`process ${seat.number} starts again in ${shortSpan(delayMs)}`);
    seat.pause = clock.after(delayMs, () => this.start(seat));
  }

  private async bury(process: WorkerProcess): Promise<void> {
    for (const [instance, workerId] of process.workerIds) {
      const isBuried = await this.parts.undertaker.bury(instance, workerId);
      // Somebody who lives has connections of the application's own.
      if (!isBuried) this.anyReady()?.order({ kind: 'bury', instance, workerId });
    }
  }

  /** Nest ends a process with the signal that it was closed by; one that did not work yet was killed without ado. */
  private isEndOfOurs({ isReady }: WorkerProcess, { code, signal }: ProcessEnd): boolean {
    return code === 0 || signal === 'SIGTERM' || signal === 'SIGINT' || !isReady;
  }

  /** What happened first says why it ended. */
  private worsen(code: number): void {
    if (this.code === EXIT.ok) this.code = code;
  }

  private anyReady(): WorkerProcess | undefined {
    return this.seats.find(({ process }) => process?.isReady === true)?.process;
  }

  private endWhenEmpty(): void {
    const isEmpty = this.seats.every(({ process, pause }) => process === undefined && pause === undefined);
    if (isEmpty) this.finish(this.code);
  }
}

function describe({ code, signal }: ProcessEnd): string {
  return signal === null
    ? `ended with code ${code}; its jobs go to others`
    : `was killed by ${signal}; its jobs go to others`;
}
