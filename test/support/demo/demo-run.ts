import { spawn, type ChildProcess } from 'node:child_process';
import { eventually } from '../eventually.js';
import { inRepository } from '../deploy/repository.js';

/** What the demo prints about itself, and what must be gone afterwards. */
export interface Traces {
  /** Of the stores, the API and the metrics. */
  ports: number[];
  /** Of the API and the workers. */
  pids: number[];
}

/** The real demo as a process of its own, with private stores. */
export class DemoRun {
  private readonly child: ChildProcess;
  private text = '';
  readonly ended: Promise<number | null>;

  /** @param temporaryFolder where the stores make their folders */
  constructor(given: readonly string[], temporaryFolder: string) {
    const { DATABASE_URL: _, REDIS_URL: __, PORT: ___, ...inherited } = process.env;
    this.child = spawn(
      process.execPath,
      [inRepository('dist/sample/000-quick-start/demo/main.js'), ...given],
      { env: { ...inherited, TMPDIR: temporaryFolder }, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.setEncoding('utf8').on('data', (chunk: string) => (this.text += chunk));
    }
    this.ended = new Promise((resolve) => this.child.once('close', resolve));
  }

  /** All that it has printed so far. */
  get output(): string {
    return this.text;
  }

  interrupt(): void {
    this.child.kill('SIGINT');
  }

  /** For a test that failed: SIGKILL, and the guards of the demo end what it started. */
  abandon(): void {
    this.child.kill('SIGKILL');
  }

  async hasPrinted(pattern: RegExp, withinMs: number): Promise<void> {
    await eventually(
      () => {
        if (!pattern.test(this.text)) throw new Error(`${String(pattern)} is not in:\n${this.text}`);
      },
      { withinMs },
    );
  }

  traces(): Traces {
    const numbers = (pattern: RegExp) => [...this.text.matchAll(pattern)].map(([, digits]) => Number(digits));
    return {
      ports: numbers(/(?:on port |127\.0\.0\.1:)(\d+)/g),
      pids: numbers(/\(pid (\d+)\)/g),
    };
  }
}
