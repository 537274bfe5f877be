import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { inRepository } from './repository.js';

/** Packages whose version decides what was measured; those of the peers, and those that Kyu runs on. */
const PEER_PACKAGES = ['bullmq', 'graphile-worker', 'pg-boss', 'ioredis', 'pg', 'tinybench'];
const OWN_PACKAGES = ['@nestjs/core', 'typeorm', 'pg', 'ioredis', 'rxjs'];

/** Name and version of what took part, apart from the servers. */
export type Versions = Readonly<Record<string, string>>;

/** The commit of the working copy; `-dirty` when files were changed since. */
export function readCommit(): string {
  try {
    const commit = git('rev-parse', 'HEAD');
    return git('status', '--porcelain') === '' ? commit : `${commit}-dirty`;
  } catch {
    return 'unknown';
  }
}

export function readPackageVersions(): Versions {
  const own = [['nestjs-kyu', versionIn('package.json')], ...OWN_PACKAGES.map((name) => entryOf('', name))];
  const peers = PEER_PACKAGES.map((name) => entryOf('test/bench/', name));
  return Object.fromEntries([...own, ...peers].filter(([, version]) => version !== undefined)) as Versions;
}

/** The version of a Node program. */
export function nodeVersionOf(program: string): string {
  return execFileSync(program, ['--version'], { encoding: 'utf8' }).trim();
}

function entryOf(folder: string, name: string): [string, string | undefined] {
  const version = versionIn(`${folder}node_modules/${name}/package.json`);
  return [folder === '' ? name : `${name} (peers)`, version];
}

function versionIn(path: string): string | undefined {
  const file = inRepository(path);
  if (!existsSync(file)) return undefined;
  return (JSON.parse(readFileSync(file, 'utf8')) as { version?: string }).version;
}

function git(...words: string[]): string {
  return execFileSync('git', words, {
    cwd: inRepository('.'),
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }).trim();
}
