import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';

/**
 * The folder of this run: logs of the processes, and the report. It stays when everything else is gone.
 * @throws Error when it cannot be made
 */
export async function makeRunFolder(wanted: string | undefined): Promise<string> {
  const folder = wanted ?? resolve('.kyu', 'demo', `${timestamp()}-${process.pid}`);
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    throw new Error(
      `The folder for logs and the report cannot be made: ${(error as Error).message}. Name another one with --folder.`,
      { cause: error },
    );
  }
  return folder;
}

/** Sorts by time, and fits into a file name everywhere. */
function timestamp(): string {
  return new Date().toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-');
}
