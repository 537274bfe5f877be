import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { foldersOnPath, isExecutable } from './executables.js';

export interface ServerUser {
  uid: number;
  gid: number;
}

const OWN_USER = 'kyu-postgres';

/**
 * PostgreSQL refuses to run as root, and a bare number does not do: it looks its user up by name.
 * Undefined means that this process is not root and runs the server itself.
 */
export function postgresServerUser(say: (line: string) => void): ServerUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const existing = userNamed('postgres') ?? userNamed(OWN_USER);
  if (existing !== undefined) return existing;
  createOwnUser();
  const created = userNamed(OWN_USER);
  if (created === undefined) {
    throw new Error(
      'PostgreSQL refuses to run as root, and no system user for it could be created. ' +
        'Create one (useradd --system postgres), run this as another user, or set DATABASE_URL.',
    );
  }
  say(`Created the system user ${OWN_USER}, because PostgreSQL refuses to run as root.`);
  return created;
}

/** Whether that user can enter a folder. The kernel is asked: reading modes would miss access lists and mounts. */
export function canEnter(folder: string, user: ServerUser | undefined): boolean {
  return (
    spawnSync('/bin/sh', ['-c', 'cd "$1"', 'sh', folder], { cwd: '/', stdio: 'ignore', ...user }).status === 0
  );
}

function userNamed(name: string): ServerUser | undefined {
  const numberOf = (option: '-u' | '-g') =>
    Number(execFileSync('id', [option, name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
  try {
    return { uid: numberOf('-u'), gid: numberOf('-g') };
  } catch {
    return undefined;
  }
}

/** With useradd where it exists, else with the adduser of BusyBox, which knows the same options. */
function createOwnUser(): void {
  const folders = [...foldersOnPath(), '/usr/sbin'];
  const paths = ['useradd', 'adduser'].flatMap((command) => folders.map((folder) => join(folder, command)));
  const command = paths.find(isExecutable);
  if (command === undefined) return;
  spawnSync(command, ['--system', '--no-create-home', '--shell', '/bin/false', OWN_USER], {
    stdio: 'ignore',
  });
}
