import { readFileSync } from 'node:fs';

/** The version of this package; from `lib/` while it is developed, from `dist/lib/` once it is built. */
export const KYU_VERSION = readVersion();

function readVersion(): string {
  for (const path of ['../package.json', '../../package.json']) {
    try {
      const { name, version } = JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')) as {
        name?: string;
        version?: string;
      };
      if (name === 'nestjs-kyu' && version !== undefined) return version;
    } catch {
      // Not there: the other place has it.
    }
  }
  return 'unknown';
}
