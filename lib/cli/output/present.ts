import type { Shell } from '../shell.js';
import type { TablePlace } from './table.js';
import type { TimeStyle } from './times.js';

/** What every command that shows something can be told. */
export interface PresentOptions {
  readonly json?: boolean;
  readonly utc?: boolean;
}

/** One JSON document for programs, or text for people. */
export function present(shell: Shell, options: PresentOptions, data: unknown, text: () => string): void {
  if (options.json === true) shell.stdout.write(`${JSON.stringify(data, undefined, 2)}\n`);
  else shell.stdout.write(`${text()}\n`);
}

/** Where a table of this command goes. */
export function placeOf(shell: Shell): TablePlace {
  const width = shell.stdout.isTTY === true ? (shell.stdout.columns ?? 80) : undefined;
  return { paint: shell.paint, width };
}

/** How this command shows instants. */
export function timesOf(shell: Shell, options: PresentOptions): TimeStyle {
  return { nowMs: shell.clock.nowMs(), isExact: options.utc === true };
}

/** A remark beside the answer; it never gets into a pipe. */
export function remark(shell: Shell, text: string): void {
  shell.stderr.write(`${text}\n`);
}

/** What to do next, for people alone. */
export function hint(shell: Shell, text: string): string {
  return shell.paint.quiet(text);
}
