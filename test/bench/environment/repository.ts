import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const TOP = topOf(fileURLToPath(new URL('.', import.meta.url)));

/** The absolute path of something in the repository. */
export function inRepository(path: string): string {
  return join(TOP, path);
}

/** URL of a compiled file of this folder. */
export function compiledFile(path: string): string {
  return pathToFileURL(inRepository(join('dist/test/bench', path))).href;
}

/** URL of a file of this folder that is plain JavaScript and finds its packages beside it. */
export function sourceFile(path: string): string {
  return pathToFileURL(inRepository(join('test/bench', path))).href;
}

/** This file lies deeper below the top once it is compiled, and the benchmarks have a package of their own between. */
function topOf(folder: string): string {
  const manifest = join(folder, 'package.json');
  if (existsSync(manifest)) {
    const { name } = JSON.parse(readFileSync(manifest, 'utf8')) as { name?: string };
    if (name === 'nestjs-kyu') return folder;
  }
  const parent = dirname(folder);
  if (parent === folder) throw new Error('These files do not lie in the repository of nestjs-kyu.');
  return topOf(parent);
}
