import type { WriteStream } from 'node:tty';
import { styleText } from 'node:util';

export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow';

/** Where the demo speaks to people: lines that stay, and one line about the progress. */
export interface Screen {
  say(line?: string): void;
  /** Replaces the earlier progress on a terminal; elsewhere it is a line a second. */
  progress(line: string): void;
  /** The end of what is replaced: a terminal forgets it, elsewhere the last state stays. */
  endProgress(): void;
  styled(style: Style, text: string): string;
}

export function openScreen(stream: WriteStream, environment: NodeJS.ProcessEnv): Screen {
  if (!stream.isTTY || environment['TERM'] === 'dumb') return new PlainScreen(stream);
  return new TerminalScreen(stream, (environment['NO_COLOR'] ?? '') === '');
}

const BETWEEN_LINES_MS = 1_000;

/** A file, a pipe, the log of a build. */
class PlainScreen implements Screen {
  private lastProgressMs = -Infinity;
  private heldBack = '';

  constructor(private readonly stream: WriteStream) {}

  say(line = ''): void {
    this.stream.write(`${line}\n`);
  }

  progress(line: string): void {
    this.heldBack = line;
    const nowMs = performance.now();
    if (nowMs - this.lastProgressMs < BETWEEN_LINES_MS) return;
    this.lastProgressMs = nowMs;
    this.endProgress();
  }

  endProgress(): void {
    if (this.heldBack !== '') this.say(this.heldBack);
    this.heldBack = '';
  }

  styled(_style: Style, text: string): string {
    return text;
  }
}

const CLEAR_LINE = '\r\x1b[2K';

class TerminalScreen implements Screen {
  private current = '';

  constructor(
    private readonly stream: WriteStream,
    private readonly hasColours: boolean,
  ) {}

  say(line = ''): void {
    this.stream.write(`${this.current === '' ? '' : CLEAR_LINE}${line}\n`);
    this.draw();
  }

  progress(line: string): void {
    this.current = line;
    this.draw();
  }

  endProgress(): void {
    if (this.current !== '') this.stream.write(CLEAR_LINE);
    this.current = '';
  }

  styled(style: Style, text: string): string {
    // Whether there are colours has been decided; Node would look at its own streams again.
    return this.hasColours ? styleText(style, text, { validateStream: false }) : text;
  }

  /** A line that wraps could not be replaced. */
  private draw(): void {
    if (this.current === '') return;
    this.stream.write(CLEAR_LINE + this.current.slice(0, Math.max(20, this.stream.columns - 1)));
  }
}
