import { pathToFileURL } from 'node:url';
import { buildOnce } from '../build-once.js';

/** Run by Vitest, from its source, this file stands beside `dist`; run by Node it has been compiled into it. */
const IS_COMPILED = !import.meta.url.endsWith('.ts');

const FOLDER = new URL(
  IS_COMPILED ? '../../fault/processes/' : '../../../dist/test/fault/processes/',
  import.meta.url,
);

/**
 * The folder of the programs that the processes of a fault test run. `npm run test:fault` has bundled them, so that
 * they start sooner; otherwise they are built first, if need be.
 */
export async function builtProcesses(): Promise<URL> {
  const bundled = process.env['KYU_FAULT_PROGRAMS'];
  if (bundled !== undefined) return pathToFileURL(`${bundled}/`);
  if (!IS_COMPILED) await buildOnce();
  return FOLDER;
}
