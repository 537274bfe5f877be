import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** What the programs of the tests consist of. */
const SOURCES = [
  'lib',
  'migrations',
  'sample',
  'test/e2e/processes',
  'test/fault/processes',
  'test/support/stores',
];
/** Of these only what the programs import is built. A new one is imported by another that is newer as well. */
const SOURCES_IN_PART = ['test/support'];
const PAGES = join('lib', 'dashboard', 'browser');
const LOCK = join(ROOT, '.kyu/build.lock');
const LOOK_EVERY_MS = 100;
/** No build takes that long: whoever holds the lock hangs, or its pid belongs to somebody else by now. */
const LONGEST_BUILD_MS = 180_000;

/**
 * Sees to it that `dist` is newer than the sources of the programs that tests start. Test files run side by side:
 * the first one builds, the others wait for it. After `npm test` has built there is nothing left to do.
 */
export async function buildOnce(): Promise<void> {
  // While somebody builds, files that are new already stand beside others that are only half written.
  while (isBeingBuilt() || !isUpToDate()) {
    if (takeLock()) {
      try {
        if (!isUpToDate()) await build();
      } finally {
        rmSync(LOCK, { force: true });
      }
    } else {
      await delay(LOOK_EVERY_MS); // polls; a lock is abandoned after a while
    }
  }
}

async function build(): Promise<void> {
  const begunAt = Date.now();
  try {
    await promisify(execFile)('npm', ['run', '--silent', 'build'], { cwd: ROOT });
  } catch (error) {
    const { stdout } = error as { stdout?: string };
    throw new Error(`npm run build failed:\n${stdout ?? ''}`, { cause: error });
  }
  // What no program imports any more is not built either, and would look out of date for ever.
  for (const source of outdatedInPart()) rmSync(targetOf(source));
  // What somebody has changed meanwhile is for the next build.
  const outdated = outdatedOfWhole().filter((source) => statSync(source).mtimeMs < begunAt);
  if (outdated.length > 0)
    throw new Error(`npm run build has left these out of date: ${outdated.join(', ')}.`);
}

function isUpToDate(): boolean {
  return outdatedOfWhole().length === 0 && outdatedInPart().length === 0;
}

function outdatedOfWhole(): string[] {
  return SOURCES.flatMap((folder) => filesIn(join(ROOT, folder))).filter((source) => !isBuilt(source));
}

function outdatedInPart(): string[] {
  const sources = SOURCES_IN_PART.flatMap((folder) => filesIn(join(ROOT, folder)));
  return sources.filter((source) => existsSync(targetOf(source)) && !isBuilt(source));
}

function isBuilt(source: string): boolean {
  const built = statSync(targetOf(source), { throwIfNoEntry: false });
  return built !== undefined && built.mtimeMs >= statSync(source).mtimeMs;
}

/** The dashboard's pages become one bundle; everything else has a file of its own. */
function targetOf(source: string): string {
  const path = relative(ROOT, source);
  if (path.startsWith(PAGES)) return join(ROOT, 'dist/lib/dashboard/assets/index.html');
  return join(ROOT, 'dist', path).replace(/\.ts$/, '.js');
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /(?<!\.spec)\.(ts|tsx|css|lua|mjs)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
}

function isBeingBuilt(): boolean {
  return existsSync(LOCK) && !isAbandoned();
}

/** False while another living process builds. */
function takeLock(): boolean {
  mkdirSync(dirname(LOCK), { recursive: true });
  try {
    writeFileSync(LOCK, String(process.pid), { flag: 'wx' });
    return true;
  } catch {
    if (isAbandoned()) rmSync(LOCK, { force: true });
    return false;
  }
}

function isAbandoned(): boolean {
  try {
    if (Date.now() - statSync(LOCK).mtimeMs > LONGEST_BUILD_MS) return true;
    const pid = Number(readFileSync(LOCK, 'utf8'));
    if (pid > 0) process.kill(pid, 0);
    return false;
  } catch (error) {
    // ESRCH: the builder is gone; ENOENT: its lock is, and the next look will tell.
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}
