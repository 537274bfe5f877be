import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const REPOSITORY = fileURLToPath(new URL('../../../', import.meta.url));

/** One import of a file: by another file of the repository, or of a package. */
export interface Import {
  readonly from: string;
  /** A path in the repository, or the name of a package. */
  readonly to: string;
  readonly isTypeOnly: boolean;
  readonly isDynamic: boolean;
}

const STATIC =
  /(?:^|\n)\s*(?:import|export)\s+(type\s+)?(?:(\{[^}]*\}|\*(?:\s+as\s+\w+)?|[\w$]+(?:\s*,\s*(?:\{[^}]*\}|\*\s+as\s+\w+))?)\s+from\s+)?'([^']+)'/g;
const DYNAMIC = /\bimport\(\s*'([^']+)'\s*\)/g;

/** All imports in a text; `file` is its path in the repository. */
export function importsOf(file: string, text: string): Import[] {
  const code = text.replace(/\/\*[^]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
  const found: Import[] = [];
  for (const [, type, names = '', target = ''] of code.matchAll(STATIC)) {
    const isTypeOnly = type !== undefined || (names.startsWith('{') && everyNameIsType(names));
    found.push({ from: file, to: targetOf(file, target), isTypeOnly, isDynamic: false });
  }
  for (const [, target = ''] of code.matchAll(DYNAMIC)) {
    found.push({ from: file, to: targetOf(file, target), isTypeOnly: false, isDynamic: true });
  }
  return found;
}

/** Every file below a folder with one of the endings, as paths in the repository. */
export function filesBelow(folder: string, ending: string): string[] {
  return readdirSync(join(REPOSITORY, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending))
    .map((name) => join(folder, name))
    .sort();
}

export function readSource(file: string): string {
  return readFileSync(join(REPOSITORY, file), 'utf8');
}

/** The imports of the whole library and of its migrations. */
export function libraryImports(): Import[] {
  const files = [
    ...filesBelow('lib', '.ts'),
    ...filesBelow('lib', '.tsx'),
    ...filesBelow('migrations', '.ts'),
  ];
  return files.flatMap((file) => importsOf(file, readSource(file)));
}

/** Circles among files, each as the list of its members; type-only imports count. */
export function circlesIn(imports: readonly Import[]): string[][] {
  const next = new Map<string, string[]>();
  for (const { from, to } of imports) next.set(from, [...(next.get(from) ?? []), to]);
  const done = new Set<string>();
  const circles: string[][] = [];
  const walk = (file: string, path: string[]): void => {
    const at = path.indexOf(file);
    if (at >= 0) circles.push(path.slice(at));
    if (at >= 0 || done.has(file)) return;
    for (const target of next.get(file) ?? []) walk(target, [...path, file]);
    done.add(file);
  };
  for (const file of next.keys()) walk(file, []);
  return circles;
}

/** What is loaded when a file is: files and packages, along imports that exist at run time. */
export function loadedFrom(entry: string, imports: readonly Import[]): Set<string> {
  const loaded = new Set<string>();
  const load = (file: string): void => {
    if (loaded.has(file)) return;
    loaded.add(file);
    for (const { from, to, isTypeOnly, isDynamic } of imports) {
      if (from === file && !isTypeOnly && !isDynamic) load(to);
    }
  };
  load(entry);
  return loaded;
}

function everyNameIsType(names: string): boolean {
  const list = names
    .replace(/[{}]/g, '')
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
  return list.length > 0 && list.every((name) => name.startsWith('type '));
}

function targetOf(file: string, target: string): string {
  if (target.startsWith('.')) {
    const path = relative(REPOSITORY, resolve(REPOSITORY, dirname(file), target)).replace(/\.js$/, '.ts');
    return existsSync(join(REPOSITORY, `${path}x`)) ? `${path}x` : path;
  }
  if (target.startsWith('node:')) return target;
  const [scope = '', name = ''] = target.split('/');
  return scope.startsWith('@') ? `${scope}/${name}` : scope;
}
