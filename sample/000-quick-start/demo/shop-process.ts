import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as passTime } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { leash } from './leash.js';

const PROGRAM = fileURLToPath(new URL('../main.js', import.meta.url));
/** Longer than the 30 s that Kyu gives running handlers. */
const STOP_DEADLINE_MS = 40_000;
const LAST_LINES = 20;

export interface ShopProcessOptions {
  /** Also the name of its log. */
  name: string;
  arguments: readonly string[];
  environment: NodeJS.ProcessEnv;
  folder: string;
  /** It ended, and nobody had asked for it. */
  onDeath: (error: Error) => void;
}

/** One process of the shop: `node main.js` as it would run in production, with its output in a file. */
export class ShopProcess {
  private readonly logFile: string;
  private readonly child: ChildProcess;
  private readonly ended: Promise<unknown>;
  private mayEnd = false;

  constructor(private readonly options: ShopProcessOptions) {
    const { arguments: given, environment, folder, name } = options;
    this.logFile = join(folder, `${name}.log`);
    const log = openSync(this.logFile, 'a');
    this.child = spawn(process.execPath, [PROGRAM, ...given], {
      // Not where the demo was called: an .env file there is not meant for it.
      cwd: folder,
      env: environment,
      // A file, not a pipe: it holds the last words of a process that is killed.
      stdio: ['ignore', log, log],
      // In its own session: Ctrl-C in the terminal reaches the demo alone, which stops its processes in order.
      detached: true,
    });
    closeSync(log);
    this.ended = new Promise((resolve) => this.child.once('exit', resolve).once('error', resolve));
    this.watch();
  }

  get name(): string {
    return this.options.name;
  }

  get pid(): number {
    return this.child.pid ?? -1; // no process has this one
  }

  /** Ends it as a power cut would. */
  async kill(): Promise<void> {
    this.mayEnd = true;
    this.child.kill('SIGKILL');
    await this.ended;
  }

  /** Asks it to end in order: it finishes the jobs that run. */
  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    this.mayEnd = true;
    this.child.kill('SIGTERM');
    const timer = new AbortController();
    const late = passTime(STOP_DEADLINE_MS, 'late', { signal: timer.signal }).catch(() => 'in time');
    const outcome = await Promise.race([this.ended, late]);
    timer.abort();
    if (outcome !== 'late') return;
    await this.kill();
    throw new Error(
      `${this.name} did not end within ${STOP_DEADLINE_MS / 1_000} s of SIGTERM and was killed`,
    );
  }

  private watch(): void {
    const { name, onDeath } = this.options;
    this.child.once('error', (error) => onDeath(new Error(`${name} cannot be started: ${error.message}`)));
    if (this.child.pid === undefined) return;
    const unleash = leash(this.child.pid);
    this.child.once('exit', (code, signal) => {
      unleash();
      if (!this.mayEnd) void this.reportDeath(signal ?? `exit code ${code}`);
    });
  }

  private async reportDeath(how: string): Promise<void> {
    const text = await readFile(this.logFile, 'utf8').catch((error: Error) => error.message);
    const lines = text.trimEnd().split('\n').slice(-LAST_LINES);
    const log = lines.map((line) => `  | ${line}`).join('\n');
    const what = `${this.name} (pid ${this.pid}) died: ${how}`;
    this.options.onDeath(new Error(`${what}. The end of ${basename(this.logFile)}:\n${log}`));
  }
}
