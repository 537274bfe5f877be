import { createInterface } from 'node:readline/promises';
import { CommandFailure, UsageError } from './command-errors.js';
import { countOf } from './output/times.js';
import { isInteractive, type Shell } from './shell.js';

/** What is about to happen. */
export interface Intention {
  /** As in "Delete 12 jobs". */
  readonly verb: string;
  readonly count: number;
  readonly noun: string;
}

/**
 * Asks before something is done that cannot be undone, or to many: the number has to be typed. Where nobody can answer,
 * `--yes` has to be said.
 * @throws UsageError where nobody can answer
 * @throws CommandFailure when the answer was no
 */
export async function confirm(shell: Shell, isAgreed: boolean, intention: Intention): Promise<void> {
  if (isAgreed) return;
  const { verb, count, noun } = intention;
  const what = `${verb} ${countOf(count, noun)}`;
  if (!isInteractive(shell)) {
    throw new UsageError(`${what}? There is nobody to ask here: say --yes to agree. Nothing was done.`);
  }
  const questions = createInterface({ input: shell.stdin, output: shell.stdout as NodeJS.WritableStream });
  try {
    const answer = await questions.question(`${what}? Type ${count} to agree: `);
    if (answer.trim().replaceAll(',', '') === String(count)) return;
  } finally {
    questions.close();
  }
  throw new CommandFailure('Nothing was done.');
}
