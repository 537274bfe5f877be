import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { selectBenchmarks } from './benchmarks/index.js';
import { readCommandLine, USAGE, type CommandLine } from './command-line.js';
import { contestantNode } from './environment/contestant-node.js';
import { readMachine } from './environment/machine.js';
import { nodeVersionOf, readCommit, readPackageVersions } from './environment/versions.js';
import { reportOf, type BenchmarkResult, type Report } from './figures/report.js';
import { benchmarkLines, ratioLines, settingLines } from './figures/table.js';
import type { BenchContext } from './harness/bench-context.js';
import type { Benchmark } from './harness/benchmark.js';
import { runRounds, type EntrantResult } from './harness/rounds.js';
import { SCALES } from './harness/scale.js';
import { BenchStores } from './stores/bench-stores.js';

/** `npm run bench`: see docs/performance.md. Ends with 1 when a job was not accounted for. */
const say = (line: string): void => console.log(line);

const commandLine = readCommandLine(process.argv.slice(2));
if (commandLine === undefined) say(USAGE);
else process.exitCode = (await runAll(commandLine)).verified ? 0 : 1;

async function runAll(command: CommandLine): Promise<Report> {
  const startedAt = new Date().toISOString();
  const machine = readMachine();
  const stores = new BenchStores(say, command.form === 'smoke' ? 'careless' : 'as shipped');
  const context: BenchContext = {
    scale: SCALES[command.form],
    stores,
    node: nodeFor(command),
    withPeers: command.withPeers,
    profileFolder: resolve(command.profileFolder),
    say,
  };
  try {
    const versions = {
      ...(await stores.versions()),
      'Node of the contestants': nodeVersionOf(context.node ?? process.execPath),
      'Node of the harness': process.version,
      ...readPackageVersions(),
    };
    sayFacts({ ...machine, ...versions });
    const results: BenchmarkResult[] = [];
    for (const benchmark of selectBenchmarks(context, command.only)) {
      results.push(await runBenchmark(benchmark, context));
    }
    const report = reportOf(
      {
        startedAt,
        finishedAt: new Date().toISOString(),
        commit: readCommit(),
        machine,
        versions,
        postgresSettings: await stores.postgresSettings(),
        scale: context.scale,
        only: command.only,
      },
      results,
    );
    tell(report, results, command.jsonFile);
    return report;
  } finally {
    await stores.close();
  }
}

/** A smoke run starts as few processes as it can: it is over sooner, and measures nothing anyway. */
function nodeFor({ form, withPeers }: CommandLine): string | undefined {
  if (withPeers) return contestantNode();
  return form === 'smoke' ? undefined : process.execPath;
}

async function runBenchmark(benchmark: Benchmark, { scale }: BenchContext): Promise<BenchmarkResult> {
  const { name, title, unit, better, sizes, prepare } = benchmark;
  say(`\n${name}: ${title}`);
  const entrants = await measured(benchmark, async () => {
    await prepare?.();
    const rounds = benchmark.rounds ?? scale.rounds;
    return runRounds(benchmark, { ...scale, rounds, say });
  });
  return { name, title, unit, better, entrants, ...(sizes === undefined ? {} : { sizes }) };
}

/** A benchmark that cannot even be prepared is a failure of its entrants, not of the whole run. */
async function measured(
  { entrants }: Benchmark,
  work: () => Promise<EntrantResult[]>,
): Promise<EntrantResult[]> {
  try {
    return await work();
  } catch (error) {
    const failure = error instanceof Error ? error.message : String(error);
    say(`  FAILED: ${failure}`);
    return entrants.map(({ name, settings }) => ({ name, settings, samples: [], failure }));
  }
}

function tell(report: Report, results: readonly BenchmarkResult[], jsonFile: string | undefined): void {
  for (const line of settingLines(results)) say(line);
  for (const line of results.flatMap(benchmarkLines)) say(line);
  for (const line of ratioLines(report)) say(line);
  if (jsonFile === undefined) return;
  mkdirSync(dirname(resolve(jsonFile)), { recursive: true });
  writeFileSync(jsonFile, `${JSON.stringify(report, undefined, 2)}\n`);
  say(`\nWritten to ${jsonFile}`);
}

function sayFacts(facts: Readonly<Record<string, string | number>>): void {
  for (const [name, fact] of Object.entries(facts)) say(`${name}: ${fact}`);
}
