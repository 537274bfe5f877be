import type { Schedule } from '../../../core/schedule.js';
import { timesOf, type PresentOptions } from '../../output/present.js';
import { timeText } from '../../output/times.js';
import type { Shell } from '../../shell.js';

/** What was done to a schedule, and when its next run is. */
export function scheduleNow(
  shell: Shell,
  options: PresentOptions,
  done: 'paused' | 'resumed',
  { name, nextRunAt }: Schedule,
): string {
  const next = nextRunAt === null ? '' : `, next ${timeText(nextRunAt, timesOf(shell, options))}`;
  return `${shell.paint.good(done)} ${name}${next}`;
}
