import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { inRepository } from './deploy/repository.js';
import { foldersOnPath, isExecutable } from './stores/executables.js';

const run = promisify(execFile);
const APT_GET = '/usr/bin/apt-get';

/** Git ignores it, and it outlives `npm ci`. */
const TOOLS = inRepository('.kyu/tools');
const UNPACKED_PROMTOOL = join(TOOLS, 'prometheus/usr/bin/promtool');

/**
 * The path of promtool, for a test that cannot do without. Where it is missing, Debian and Ubuntu fetch their package
 * `prometheus` and unpack it below the repository. It is not installed, because that would start a server on 9090.
 *
 * @throws When there is none and none can be fetched.
 */
export async function requirePromtool(say: (line: string) => void): Promise<string> {
  const found = findPromtool();
  if (found !== undefined) return found;
  if (!existsSync('/etc/debian_version') || !isExecutable(APT_GET)) throw promtoolIsMissing();
  say('No promtool was found: fetching the package prometheus with apt-get (it is unpacked, not installed).');
  try {
    await fetchPackage();
  } catch (cause) {
    throw promtoolIsMissing(cause);
  }
  return UNPACKED_PROMTOOL;
}

function findPromtool(): string | undefined {
  const candidates = foldersOnPath().map((folder) => join(folder, 'promtool'));
  return [...candidates, UNPACKED_PROMTOOL].find(isExecutable);
}

async function fetchPackage(): Promise<void> {
  await mkdir(TOOLS, { recursive: true });
  const folder = await mkdtemp(join(TOOLS, 'fetch-'));
  try {
    await download(folder);
    const archive = (await readdir(folder)).find((name) => name.endsWith('.deb'));
    if (archive === undefined) throw new Error('apt-get ended well but left no package.');
    await run('dpkg-deb', ['--extract', join(folder, archive), join(folder, 'prometheus')]);
    await keep(join(folder, 'prometheus'));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function download(folder: string): Promise<void> {
  const get = () => run(APT_GET, ['download', 'prometheus'], { cwd: folder });
  try {
    await get();
  } catch (error) {
    // A bare container has no package lists yet, and only root may fetch them.
    if (process.getuid?.() !== 0) throw error;
    await run(APT_GET, ['update']);
    await get();
  }
}

async function keep(unpacked: string): Promise<void> {
  try {
    await rename(unpacked, join(TOOLS, 'prometheus'));
  } catch (error) {
    // Another test process was faster. Its copy is as good.
    if (!isExecutable(UNPACKED_PROMTOOL)) throw error;
  }
}

function promtoolIsMissing(cause?: unknown): Error {
  return new Error(
    'The tests of the Prometheus rules need promtool, and none was found. Install Prometheus, which brings it ' +
      '(Debian and Ubuntu: apt-get install prometheus; macOS: brew install prometheus), and put promtool on the PATH.',
    { cause },
  );
}
