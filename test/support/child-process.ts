import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { buildOnce } from './build-once.js';
import { eventually } from './eventually.js';

/** How a program ended. */
export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A program of `test/e2e/processes` that runs in a process of its own. */
export class TestProcess {
  readonly lines: string[] = [];
  readonly ended: Promise<ProcessEnd>;

  constructor(private readonly child: ChildProcess) {
    for (const stream of [child.stdout, child.stderr]) this.listenTo(stream);
    this.ended = new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) => resolve({ code, signal }));
    });
  }

  get pid(): number {
    if (this.child.pid === undefined) throw new Error('The process was not started.');
    return this.child.pid;
  }

  /** Everything that it wrote so far, to both of its outputs. */
  get output(): string {
    return this.lines.join('\n');
  }

  /** Waits until it has written a line that contains this text. */
  async says(text: string, withinMs = 20_000): Promise<string> {
    return eventually(
      () => {
        const line = this.lines.find((candidate) => candidate.includes(text));
        if (line !== undefined) return line;
        throw new Error(`it did not say "${text}", but:\n${this.output}`);
      },
      { withinMs },
    );
  }

  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  private listenTo(stream: NodeJS.ReadableStream | null): void {
    let rest = '';
    stream?.setEncoding('utf8');
    stream?.on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      this.lines.push(...lines);
    });
    stream?.on('end', () => {
      if (rest !== '') this.lines.push(rest);
    });
  }
}

/**
 * Starts a program; it is killed when the test has finished, unless it has ended by then.
 * @param settings what the program reads from the variable `SETTINGS`, as JSON
 * @param variables further variables of its environment
 */
export async function startProcess(
  program: string,
  settings: object,
  variables: Record<string, string> = {},
): Promise<TestProcess> {
  await buildOnce();
  const file = fileURLToPath(new URL(`../../dist/test/e2e/processes/${program}.js`, import.meta.url));
  const { NODE_OPTIONS: _, ...environment } = process.env;
  const child = spawn(process.execPath, [file], {
    env: { ...environment, NO_COLOR: '1', SETTINGS: JSON.stringify(settings), ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return new TestProcess(child);
}
