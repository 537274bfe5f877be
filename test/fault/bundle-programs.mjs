import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'vite';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const SOURCES = join(ROOT, 'dist/test/fault/processes');
const WRONG_CLOCK = pathToFileURL(join(SOURCES, 'wrong-clock.js')).href;
const PROGRAMS = ['worker', 'producer'];

/**
 * Puts the programs of the fault tests into a few files, and answers their folder. A run starts more than a hundred
 * processes, and most of what a start takes is to find and to read some two thousand modules; the code is the same.
 */
export async function bundlePrograms() {
  const folder = await mkdtemp(join(ROOT, 'dist/fault-programs-'));
  await build({
    configFile: false,
    root: ROOT,
    logLevel: 'error',
    ssr: { noExternal: true, target: 'node' },
    plugins: [{ name: 'in-place', enforce: 'pre', resolveId: leaveClockAlone, transform: keepPlace }],
    build: {
      ssr: true,
      target: 'node20',
      minify: false,
      outDir: join(folder, 'code'),
      rolldownOptions: {
        input: Object.fromEntries(PROGRAMS.map((name) => [name, join(SOURCES, `${name}.js`)])),
        // Names are read: those of errors and of classes with handlers are in the log.
        output: { keepNames: true },
      },
    },
  });
  await Promise.all(PROGRAMS.map((name) => writeFile(join(folder, `${name}.js`), entryOf(name))));
  return folder;
}

/** The clock is put wrong before everything that might ask for the time, in whatever order the code is bundled. */
function entryOf(name) {
  return `import '${WRONG_CLOCK}';\nawait import('./code/${name}.js');\n`;
}

function leaveClockAlone(source) {
  return source.endsWith('/wrong-clock.js') ? { id: WRONG_CLOCK, external: 'absolute' } : undefined;
}

/** Scripts, threads and package.json are found from the module that reads them. */
function keepPlace(code, id) {
  if (id.includes('/node_modules/') || !code.includes('import.meta.url')) return undefined;
  return code.replaceAll('import.meta.url', JSON.stringify(pathToFileURL(id).href));
}
