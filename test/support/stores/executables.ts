import { accessSync, constants, statSync } from 'node:fs';
import { delimiter } from 'node:path';

export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

export function foldersOnPath(): string[] {
  return (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
}

export function refuseWindows(server: string): void {
  if (process.platform !== 'win32') return;
  throw new Error(
    `A private ${server} cannot be started on Windows: the launcher relies on Unix signals and users. ` +
      'Use WSL, or point DATABASE_URL and REDIS_URL at running servers.',
  );
}
