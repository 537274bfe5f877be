import { installPackage, mayInstall } from './install-package.js';
import { findRedis } from './start-redis.js';

/**
 * The path of the Redis program, for a test suite that cannot do without. On Debian and Ubuntu root gets it installed.
 *
 * @throws When there is none and this process may not install one.
 */
export async function requireRedis(say: (line: string) => void): Promise<string> {
  const installed = findRedis();
  if (installed !== undefined) return installed;
  if (mayInstall()) await installPackage('redis-server', say);
  const found = findRedis();
  if (found !== undefined) return found;
  throw new Error(
    'The tests need a Redis server, and none was found. ' +
      'Install redis-server (or valkey-server), or set REDIS_URL to a server whose data may be deleted.',
  );
}
