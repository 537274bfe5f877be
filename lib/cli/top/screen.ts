import type { Output } from '../shell.js';

const ENTER = '\u001B[?1049h\u001B[?25l';
const LEAVE = '\u001B[?25h\u001B[?1049l';

/**
 * A whole screen that is drawn again and again without flicker: only the lines that have changed are written. It uses
 * the terminal's second screen, so what was there before comes back.
 */
export class Screen {
  private shown: readonly string[] = [];
  private size = '';
  private isOpen = false;

  constructor(private readonly output: Output) {}

  get width(): number {
    return this.output.columns ?? 80;
  }

  get height(): number {
    return this.output.rows ?? 24;
  }

  open(): void {
    this.isOpen = true;
    this.output.write(ENTER);
  }

  draw(lines: readonly string[]): void {
    if (!this.isOpen) return;
    const size = `${this.width}x${this.height}`;
    const isResized = size !== this.size;
    this.size = size;
    const before = isResized ? [] : this.shown;
    const rows = Array.from({ length: this.height }, (_, index) => lines[index] ?? '');
    const changes = rows.flatMap((line, index) =>
      line === before[index] ? [] : [`\u001B[${index + 1};1H${line}\u001B[0m\u001B[K`],
    );
    this.shown = rows;
    if (changes.length > 0) this.output.write((isResized ? '\u001B[2J' : '') + changes.join(''));
  }

  /** Twice does no harm: whoever ends the program may come second. */
  close(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.output.write(LEAVE);
  }
}
