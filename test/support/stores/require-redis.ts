import { execFile } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { isExecutable } from './executables.js';
import { findRedis } from './start-redis.js';

const APT_GET = '/usr/bin/apt-get';
const SERVICE_POLICY = '/usr/sbin/policy-rc.d';

/**
 * The path of the Redis program, for a test suite that cannot do without. On Debian and Ubuntu root gets it installed,
 * so that a bare container needs one command for the tests.
 *
 * @throws When there is none and this process may not install one.
 */
export async function requireRedis(say: (line: string) => void): Promise<string> {
  const installed = findRedis();
  if (installed !== undefined) return installed;
  if (process.getuid?.() === 0 && existsSync('/etc/debian_version') && isExecutable(APT_GET)) {
    say('No redis-server was found: installing it with apt-get (its service is not started).');
    await withoutStartingServices(installRedis);
  }
  const found = findRedis();
  if (found !== undefined) return found;
  throw new Error(
    'The tests need a Redis server, and none was found. ' +
      'Install redis-server (or valkey-server), or set REDIS_URL to a server whose data may be deleted.',
  );
}

async function installRedis(): Promise<void> {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await promisify(execFile)(APT_GET, ['update'], { env });
  await promisify(execFile)(APT_GET, ['install', '-y', '--no-install-recommends', 'redis-server'], { env });
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
