import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { painterFor } from '../../../lib/cli/output/paint.js';
import { runCommandLine } from '../../../lib/cli/run-command-line.js';
import type { Output, Shell } from '../../../lib/cli/shell.js';
import { systemClock } from '../../../lib/core/system-clock.js';
import { eventually } from '../eventually.js';

/** What a command is to believe about the world. */
export interface FakeWorld {
  /** A terminal of this size at both ends. Default: none. */
  readonly terminal?: { readonly columns: number; readonly rows: number };
  readonly environment?: Readonly<Record<string, string>>;
  readonly folder?: string;
}

/** An output that keeps what is written to it. */
class Recorder implements Output {
  text = '';
  columns: number | undefined;
  rows: number | undefined;

  constructor(readonly isTTY: boolean) {}

  write(text: string): boolean {
    this.text += text;
    return true;
  }

  /** Readline asks it like a stream. */
  on(): this {
    return this;
  }

  removeListener(): this {
    return this;
  }

  end(): void {}
}

/** A shell in this process, in which a test plays the person in front of it. */
export class FakeShell {
  readonly stdout: Recorder;
  readonly stderr: Recorder;
  /** What the person types. */
  readonly keys = new PassThrough();
  /** True while keys arrive one by one. */
  isRaw = false;
  readonly shell: Shell;

  constructor({ terminal, environment = {}, folder = '/nowhere' }: FakeWorld = {}) {
    const isTTY = terminal !== undefined;
    this.stdout = new Recorder(isTTY);
    this.stderr = new Recorder(isTTY);
    this.stdout.columns = terminal?.columns;
    this.stdout.rows = terminal?.rows;
    const stdin = Object.assign(this.keys, {
      isTTY,
      setRawMode: (isRaw: boolean) => {
        this.isRaw = isRaw;
        return stdin;
      },
    }) as unknown as NodeJS.ReadStream;
    this.shell = {
      stdout: this.stdout,
      stderr: this.stderr,
      stdin,
      environment,
      folder,
      clock: systemClock,
      paint: painterFor(this.stdout, environment),
      account: () => 'ada',
      exitCode: 0,
    };
  }

  run(...words: string[]): Promise<number> {
    return runCommandLine(words, this.shell);
  }

  /** Without colours. */
  get shown(): string {
    return stripVTControlCharacters(this.stdout.text);
  }

  get complaint(): string {
    return stripVTControlCharacters(this.stderr.text);
  }

  /** The one document that it wrote. */
  get json(): unknown {
    return JSON.parse(this.stdout.text) as unknown;
  }

  /** Waits until a text is on the screen. */
  async shows(text: string): Promise<void> {
    await eventually(() => {
      if (!this.shown.includes(text)) throw new Error(`it does not show "${text}", but:\n${this.shown}`);
    });
  }
}
