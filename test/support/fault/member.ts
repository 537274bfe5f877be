import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { monotonicMs } from './events.js';

/** How a process of the fleet ended. */
export interface MemberEnd {
  readonly at: number;
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** What starting a member takes. */
export interface MemberPlan {
  readonly script: string;
  readonly environment: NodeJS.ProcessEnv;
  /** File descriptor that its output goes to. */
  readonly output: number;
}

const LONGEST_END_MS = 60_000;

/** One real process of a fault test, and what was done to it. */
export class Member {
  readonly pid: number;
  /** Its application has started. */
  isReady = false;
  isAskedToEnd = false;
  /** Set by `kill`, at the instant of the signal. */
  killedAt: number | undefined;
  private readonly thawed: { readonly from: number; readonly to: number }[] = [];
  end: MemberEnd | undefined;
  protected readonly child: ChildProcess;
  private frozenSince: number | undefined;

  constructor({ environment, output, script }: MemberPlan) {
    const child = spawn(process.execPath, [script], {
      env: environment,
      stdio: ['ignore', output, output, 'ipc'],
    });
    if (child.pid === undefined) throw new Error(`${script} could not be started.`);
    this.pid = child.pid;
    this.child = child;
    child.once('exit', (code, signal) => (this.end = { at: monotonicMs(), code, signal }));
    // A command to a process that was just killed fails; the test knows why.
    child.on('error', () => {});
  }

  get isFrozen(): boolean {
    return this.frozenSince !== undefined;
  }

  get isRunning(): boolean {
    return this.end === undefined;
  }

  /** It ended, and nobody had asked for it. */
  get endedByItself(): boolean {
    return this.end !== undefined && !this.isAskedToEnd;
  }

  /** Intervals in which it was frozen; the last one has no end while it still is. */
  get pauses(): { readonly from: number; readonly to: number }[] {
    if (this.frozenSince === undefined) return this.thawed;
    return [...this.thawed, { from: this.frozenSince, to: Infinity }];
  }

  /** SIGKILL: the end of a crash. */
  kill(): void {
    this.isAskedToEnd = true;
    if (this.child.kill('SIGKILL')) this.killedAt ??= monotonicMs();
  }

  /** SIGTERM: the end that a deployment asks for. Answers the instant of the signal. */
  terminate(): number {
    this.isAskedToEnd = true;
    const at = monotonicMs();
    this.child.kill('SIGTERM');
    return at;
  }

  /** SIGSTOP: it lives, and does nothing. */
  freeze(): void {
    this.child.kill('SIGSTOP');
    this.frozenSince ??= monotonicMs();
  }

  /** SIGCONT. */
  thaw(): void {
    if (this.frozenSince !== undefined) this.thawed.push({ from: this.frozenSince, to: monotonicMs() });
    this.frozenSince = undefined;
    this.child.kill('SIGCONT');
  }

  /** Resolves when it has ended. */
  async ended(withinMs = LONGEST_END_MS): Promise<MemberEnd> {
    const deadline = new AbortController();
    // The deadline; nothing waits for it when the process has ended.
    const late = delay(withinMs, undefined, { signal: deadline.signal }).then(
      () => {
        throw new Error(`Process ${this.pid} did not end within ${withinMs} ms.`);
      },
      () => {},
    );
    if (this.end === undefined) await Promise.race([once(this.child, 'exit'), late]);
    deadline.abort();
    if (this.end === undefined) throw new Error(`Process ${this.pid} did not end.`);
    return this.end;
  }
}
