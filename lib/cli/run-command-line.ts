import { createProgram } from './program.js';
import { reportFailure } from './report-failure.js';
import { shieldNegations } from './search-words.js';
import type { Shell } from './shell.js';

/** Does what the words say. Answers the exit code; never rejects. */
export async function runCommandLine(words: readonly string[], shell: Shell): Promise<number> {
  try {
    await createProgram(shell).parseAsync(shieldNegations(words), { from: 'user' });
    return shell.exitCode;
  } catch (error) {
    return reportFailure(shell, error);
  }
}
