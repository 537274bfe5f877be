import type { KyuModuleOptions } from 'nestjs-kyu';

/** What a test told this program: options of Kyu, and what else the program knows. */
export interface Settings {
  readonly kyu: KyuModuleOptions;
  readonly shutdownHooks?: boolean;
}

export function readSettings(): Settings {
  return JSON.parse(process.env['SETTINGS'] ?? '{}') as Settings;
}

/** One line for the test. */
export function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
