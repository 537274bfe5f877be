import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BENCHMARK_NAMES } from '../bench/benchmarks/index.js';
import type { Report } from '../bench/figures/report.js';
import { buildOnce } from '../support/build-once.js';
import { inRepository } from '../support/deploy/repository.js';

const LONGEST_RUN_MS = 240_000;

let folder: string;
let printed: string;
let report: Report;

/** A single short iteration of every benchmark, through the program that measures: so that none of them rots. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kyu-bench-'));
  await buildOnce();
  const file = join(folder, 'bench.json');
  const words = ['--smoke', '--json', file, '--profiles', folder];
  const program = inRepository('dist/test/bench/main.js');
  printed = await printedBy(program, words);
  report = JSON.parse(readFileSync(file, 'utf8')) as Report;
}, LONGEST_RUN_MS + 60_000);

/** What it printed. A run that ends with 1 has written its report all the same, and that names what failed. */
async function printedBy(program: string, words: readonly string[]): Promise<string> {
  try {
    const options = { timeout: LONGEST_RUN_MS };
    return (await promisify(execFile)(process.execPath, [program, ...words], options)).stdout;
  } catch (error) {
    const { code, signal, stdout } = error as { code?: unknown; signal?: unknown; stdout: string };
    if (code === 1) return stdout;
    throw new Error(`ended with ${String(signal ?? code)} after printing:\n${stdout}`, { cause: error });
  }
}

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the benchmarks', () => {
  it('F117 all run', () => {
    expect(report.benchmarks.map(({ name }) => name)).toEqual(BENCHMARK_NAMES);
    for (const { name, entrants } of report.benchmarks) {
      for (const entrant of entrants) {
        expect(entrant, `${name}: ${entrant.name}: ${entrant.failure ?? 'ran'}`).toMatchObject({
          samples: [{ account: { complaints: [] } }],
        });
      }
    }
  });

  it('account for every job', () => {
    expect(report.verified).toBe(true);
    const jobs = report.benchmarks.flatMap(({ entrants }) =>
      entrants.flatMap(({ samples }) => samples.map(({ account }) => account.jobs)),
    );
    expect(jobs.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(5_000);
  });

  it('give the ratios that need no peer', () => {
    expect(Object.keys(report.ratios)).toEqual([
      'history_10m_vs_empty',
      'backlog_1m_vs_empty',
      'held_transaction_vs_free',
      'share_of_limit',
    ]);
    for (const ratio of Object.values(report.ratios)) expect(ratio).toBeGreaterThan(0);
  });

  it('say where their figures come from, and that these mean nothing', () => {
    expect(report).toMatchObject({
      format: 'kyu-bench/1',
      quick: true,
      machine: { cores: expect.any(Number) as number },
      versions: { 'nestjs-kyu': expect.any(String) as string, PostgreSQL: expect.any(String) as string },
      settings: { scale: { form: 'smoke' } },
    });
  });

  it('print a table and write profiles', () => {
    expect(printed).toContain('Process no-op jobs, 50 at once, one process');
    expect(printed).toContain('verified: true');
    expect(existsSync(join(folder, 'process.heapprofile'))).toBe(true);
    expect(existsSync(join(folder, 'process.cpuprofile'))).toBe(true);
  });
});
