import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { PrivateFolder, RunningServer } from './private-folder.js';
import type { ServerUser } from './server-user.js';

const START_DEADLINE_MS = 30_000;
const STOP_DEADLINE_MS = 30_000;
const READINESS_INTERVAL_MS = 20;
const LOG_LINES_IN_ERRORS = 20;

export interface ServerProgram {
  /** The name for error texts, for example `PostgreSQL`. */
  name: string;
  command: string;
  arguments: readonly string[];
  environment: NodeJS.ProcessEnv;
  folder: PrivateFolder;
  logFile: string;
  /** Absent: the server runs as the user of this process. */
  user?: ServerUser | undefined;
  /** May reject: that counts as "not ready yet", and the last reason appears in the error at the deadline. */
  isReady(pid: number): Promise<boolean>;
}

/** One server program that can be started again after it stopped. */
export class ServerProcess {
  private running: RunningServer | undefined;

  constructor(private readonly program: ServerProgram) {}

  get pid(): number {
    if (this.running === undefined) throw new Error(`${this.program.name} is not running, so it has no pid.`);
    return this.running.pid;
  }

  /** Resolves when the server answers. Does nothing while it runs. */
  async start(): Promise<void> {
    if (this.running !== undefined) return;
    const server = await this.spawn();
    try {
      await this.waitUntilReady(server);
      // A forgotten store does not keep a script alive. The guard of the folder ends it.
      server.child.unref();
    } catch (error) {
      this.program.folder.endServer();
      await server.ended;
      throw error;
    }
  }

  /** Sends a signal to the server, if it runs. */
  signal(signal: NodeJS.Signals): void {
    // kill of the child object never hits another process that was given the same pid later.
    this.running?.child.kill(signal);
  }

  /** Sends a signal that ends the server, and waits for its exit. Does nothing when it does not run. */
  async stop(signal: NodeJS.Signals): Promise<void> {
    const server = this.running;
    if (server === undefined) return;
    this.signal(signal);
    // A paused server would sit on the signal for ever.
    this.signal('SIGCONT');
    if (await settlesWithin(server.ended, STOP_DEADLINE_MS)) return;
    throw this.failure(`did not stop within ${STOP_DEADLINE_MS} ms of ${signal} (pid ${server.pid})`);
  }

  private async spawn(): Promise<RunningServer> {
    const { command, environment, folder, logFile, user } = this.program;
    // A file, not a pipe: a parent that is busy or paused would stall a server whose pipe is full.
    const log = openSync(logFile, 'a', 0o600);
    const child = spawn(command, this.program.arguments, {
      cwd: folder.path,
      env: environment,
      stdio: ['ignore', log, log],
      // In its own session Ctrl-C in the terminal does not stop the store before its clients.
      detached: true,
      ...user,
    });
    closeSync(log);
    if (child.pid === undefined) throw await spawnError(child);
    const pid = child.pid;
    const ended = new Promise<void>((resolve) => {
      child.once('exit', () => {
        this.running = undefined;
        resolve();
      });
    });
    this.running = { child, pid, ended };
    folder.serverStarted(this.running);
    return this.running;
  }

  private async waitUntilReady({ child, pid }: RunningServer): Promise<void> {
    const deadline = performance.now() + START_DEADLINE_MS;
    let lastReason = '';
    while (performance.now() < deadline) {
      if (child.exitCode !== null || child.signalCode !== null) {
        throw this.failure(`ended while it started (${child.signalCode ?? `exit code ${child.exitCode}`})`);
      }
      try {
        if (await this.program.isReady(pid)) return;
      } catch (error) {
        lastReason = `, last answer: ${error instanceof Error ? error.message : String(error)}`;
      }
      await delay(READINESS_INTERVAL_MS); // polls until the deadline
    }
    throw this.failure(`was not ready within ${START_DEADLINE_MS} ms${lastReason}`);
  }

  private failure(what: string): Error {
    const lines = readFileSync(this.program.logFile, 'utf8')
      .trimEnd()
      .split('\n')
      .slice(-LOG_LINES_IN_ERRORS);
    return new Error(`${this.program.name} ${what}. The end of its log:\n${lines.join('\n')}`);
  }
}

/** A program that cannot be started reports so by an event: unheard, it would end this process. */
function spawnError(child: ChildProcess): Promise<Error> {
  return new Promise((resolve) => child.once('error', resolve));
}

async function settlesWithin(promise: Promise<void>, deadlineMs: number): Promise<boolean> {
  const timer = new AbortController();
  // The deadline; nothing waits for it when the server has ended.
  const late = delay(deadlineMs, false, { signal: timer.signal }).catch(() => false);
  const inTime = await Promise.race([promise.then(() => true), late]);
  timer.abort();
  return inTime;
}
