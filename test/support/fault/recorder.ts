import { appendFileSync, closeSync, openSync } from 'node:fs';
import { monotonicMs, type Happening } from './events.js';

/**
 * Writes the events of this process. One short append per line, so that SIGKILL leaves whole lines only: what is
 * written has happened, and what has happened before the kill is written.
 */
export class Recorder {
  private readonly file: number;

  constructor(path: string) {
    this.file = openSync(path, 'a');
  }

  record(happening: Happening): void {
    appendFileSync(this.file, `${JSON.stringify({ ...happening, at: monotonicMs(), pid: process.pid })}\n`);
  }

  close(): void {
    closeSync(this.file);
  }
}
