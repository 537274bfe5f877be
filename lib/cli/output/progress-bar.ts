import type { Output } from '../shell.js';
import { countText } from './times.js';

const WIDTH = 24;

/** How far a long command is; on a terminal only, and gone when it is done. */
export class ProgressBar {
  private isDrawn = false;

  constructor(
    private readonly output: Output,
    private readonly total: number,
  ) {}

  show(done: number): void {
    if (this.output.isTTY !== true) return;
    const share = this.total === 0 ? 1 : Math.min(1, done / this.total);
    const full = Math.round(share * WIDTH);
    const bar = `${'█'.repeat(full)}${'░'.repeat(WIDTH - full)}`;
    this.output.write(`\r\u001B[K${bar} ${countText(done)} of ${countText(this.total)}`);
    this.isDrawn = true;
  }

  end(): void {
    if (this.isDrawn) this.output.write('\r\u001B[K');
    this.isDrawn = false;
  }
}
