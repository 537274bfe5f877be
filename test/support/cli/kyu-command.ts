import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { buildOnce } from '../build-once.js';

/** How a command ended, and what it wrote. */
export interface CommandEnd {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The built command, as the `bin` of the package names it. */
export const KYU_COMMAND = fileURLToPath(new URL('../../../dist/lib/cli/main.js', import.meta.url));

/** Runs the real command in a process of its own, off any terminal. Nothing of this environment reaches it. */
export async function kyuCommand(
  words: readonly string[],
  variables: Readonly<Record<string, string>> = {},
  input = '',
): Promise<CommandEnd> {
  await buildOnce();
  return new Promise((resolve) => {
    const options = { env: { PATH: process.env['PATH'] ?? '', ...variables }, maxBuffer: 64 * 1_048_576 };
    const child = execFile(process.execPath, [KYU_COMMAND, ...words], options, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
    child.stdin?.end(input);
  });
}
