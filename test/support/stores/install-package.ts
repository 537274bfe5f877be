import { execFile } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { isExecutable } from './executables.js';

const APT_GET = '/usr/bin/apt-get';
const SERVICE_POLICY = '/usr/sbin/policy-rc.d';

/** Whether this process may install packages: root on Debian or Ubuntu. */
export function mayInstall(): boolean {
  return process.getuid?.() === 0 && existsSync('/etc/debian_version') && isExecutable(APT_GET);
}

/** Installs a package of Debian without starting its service, so that a bare container needs one command for the tests. */
export async function installPackage(name: string, say: (line: string) => void): Promise<void> {
  say(`No ${name} was found: installing it with apt-get (its service is not started).`);
  await withoutStartingServices(async () => {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    await promisify(execFile)(APT_GET, ['update'], { env });
    await promisify(execFile)(APT_GET, ['install', '-y', '--no-install-recommends', name], { env });
  });
}

/** Debian starts a service as it installs it, unless this file forbids it. One that is there already stays as it is. */
async function withoutStartingServices(install: () => Promise<void>): Promise<void> {
  if (existsSync(SERVICE_POLICY)) return install();
  writeFileSync(SERVICE_POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755, flag: 'wx' });
  try {
    await install();
  } finally {
    rmSync(SERVICE_POLICY, { force: true });
  }
}
