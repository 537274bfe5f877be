import type { Shell } from '../../shell.js';

/** A line for each queue that was named: what was done to it, or that it was so already. */
export function whatBecame(
  { paint }: Shell,
  done: 'paused' | 'resumed',
  names: readonly string[],
  changed: readonly string[],
): string {
  return names
    .map((name) =>
      changed.includes(name) ? `${paint.good(done)} ${name}` : `${paint.quiet('was so already')} ${name}`,
    )
    .join('\n');
}
