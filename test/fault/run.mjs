// Runs the fault tests: `npm run test:fault -- [--json FILE] [what vitest takes]`.
// With --json the figures of the run are written to FILE as { figures: { name: number } }.
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { bundlePrograms } from './bundle-programs.mjs';

const { file, others } = readArguments(process.argv.slice(2));
const folder = await mkdtemp(join(tmpdir(), 'kyu-figures-'));
const notes = join(folder, 'figures.jsonl');
const programs = await bundlePrograms();
const code = await runVitest(others, { KYU_FIGURES: notes, KYU_FAULT_PROGRAMS: programs });
await rm(programs, { recursive: true });
if (file !== undefined)
  await writeFile(file, `${JSON.stringify({ figures: await gather(notes) }, null, 2)}\n`);
await rm(folder, { recursive: true });
process.exitCode = code;

function readArguments(given) {
  const at = given.indexOf('--json');
  if (at < 0) return { file: undefined, others: given };
  const file = given[at + 1];
  if (file === undefined) throw new Error('--json needs the name of a file.');
  return { file, others: given.toSpliced(at, 2) };
}

function runVitest(others, more) {
  const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');
  const options = ['run', '--config', 'test/vitest.config.ts', '--project', 'fault*', ...others];
  const child = spawn(process.execPath, [vitest, ...options], {
    stdio: 'inherit',
    env: { ...process.env, ...more },
  });
  return new Promise((resolve) => child.on('exit', (code) => resolve(code ?? 1)));
}

/** Counts add up; of times and shares the worst stands. */
async function gather(notes) {
  const figures = {};
  for (const line of await linesOf(notes)) {
    const { name, value, gathering } = JSON.parse(line);
    const known = figures[name];
    if (known === undefined) figures[name] = value;
    else if (gathering === 'sum') figures[name] = known + value;
    else figures[name] = gathering === 'highest' ? Math.max(known, value) : Math.min(known, value);
  }
  return figures;
}

async function linesOf(notes) {
  try {
    return (await readFile(notes, 'utf8')).split('\n').filter((line) => line !== '');
  } catch (error) {
    if (error.code === 'ENOENT') return [];
    throw error;
  }
}
