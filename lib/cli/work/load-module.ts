import type { Type } from '@nestjs/common';
import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { nearestName } from '../../core/near-miss.js';
import { UsageError } from '../command-errors.js';

/**
 * The application's root module: the named export of the file, else its default export, else `AppModule`.
 * @throws UsageError when there is none
 */
export async function loadModule(file: string, exportName: string | undefined): Promise<Type<unknown>> {
  if (!existsSync(file)) throw new UsageError(`There is no file ${file}. ${hintFor(file)}`);
  if (/\.[cm]?ts$/.test(file))
    throw new UsageError(`${file} is TypeScript: build it, and name what was built.`);
  const exports = (await import(pathToFileURL(file).href)) as Record<string, unknown>;
  const wanted = exportName === undefined ? ['default', 'AppModule'] : [exportName];
  const found = wanted.map((name) => exports[name]).find((value) => typeof value === 'function');
  if (found !== undefined) return found as Type<unknown>;
  const classes = Object.keys(exports).filter((name) => typeof exports[name] === 'function');
  const nearest = exportName === undefined ? undefined : nearestName(exportName, classes);
  const meant = nearest === undefined ? '' : ` Did you mean "${nearest}"?`;
  const there = classes.length === 0 ? 'no class' : classes.join(', ');
  throw new UsageError(
    `${file} has no module called ${wanted.join(' or ')}; it exports ${there}.${meant} Say which with --export.`,
  );
}

function hintFor(file: string): string {
  return /\.[cm]?js$/.test(file)
    ? 'Is the application built?'
    : 'Name the built file, such as dist/app.module.js.';
}
