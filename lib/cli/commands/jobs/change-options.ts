import type { Command } from 'commander';
import { wholeNumber } from '../../read-arguments.js';

/** Adds the options of every command that changes jobs. */
export function withChange(command: Command): Command {
  return command
    .option('--limit <number>', 'so many at most, the oldest first', wholeNumber(1, Number.MAX_SAFE_INTEGER))
    .option('--dry-run', 'count, and change nothing')
    .option('--yes', 'do not ask')
    .option('--json', 'one JSON document');
}
