import { fileURLToPath } from 'node:url';

/** The top of the repository, as this file is seen from `dist/test/bench/environment`. */
const TOP = new URL('../../../../', import.meta.url);

/** The absolute path of something in the repository. */
export function inRepository(path: string): string {
  return fileURLToPath(new URL(path, TOP));
}

/** URL of a compiled file of this folder. */
export function compiledFile(path: string): string {
  return new URL(`dist/test/bench/${path}`, TOP).href;
}

/** URL of a file of this folder that is plain JavaScript and finds its packages beside it. */
export function sourceFile(path: string): string {
  return new URL(`test/bench/${path}`, TOP).href;
}
