import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { KyuModuleOptions } from '../../kyu.options.js';
import { UsageError } from '../command-errors.js';

const NAMES = ['kyu.config.js', 'kyu.config.mjs', 'kyu.config.ts'];

/**
 * The options that the application keeps in a file of its own, so that its module and the command line have the same:
 * the default export, or what it answers when it is a function.
 * @throws UsageError when there is no such file, or it exports something else
 */
export async function readConfigFile(folder: string, named: string | undefined): Promise<KyuModuleOptions> {
  const candidates = named === undefined ? NAMES : [named];
  const file = candidates.map((name) => resolve(folder, name)).find((path) => existsSync(path));
  if (file === undefined) {
    if (named === undefined) return {};
    throw new UsageError(`There is no configuration file ${resolve(folder, named)}.`);
  }
  const exported = await load(file);
  const options: unknown = typeof exported === 'function' ? await (exported as () => unknown)() : exported;
  if (typeof options === 'object' && options !== null && !Array.isArray(options)) return options;
  throw new UsageError(`${file} has no default export with the options of KyuModule.`);
}

async function load(file: string): Promise<unknown> {
  try {
    const module = (await import(pathToFileURL(file).href)) as { default?: unknown };
    return module.default;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_UNKNOWN_FILE_EXTENSION') {
      throw new UsageError(
        `${file} is TypeScript, which this Node (${process.version}) does not load: write it in JavaScript.`,
        { cause: error },
      );
    }
    throw new UsageError(`${file} cannot be loaded: ${error instanceof Error ? error.message : 'it threw'}`, {
      cause: error,
    });
  }
}
