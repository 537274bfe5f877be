import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Grounds } from '../../support/fault/grounds.js';
import { runStorm, SHORT_LEASE, type StormOrder } from '../../support/fault/storm.js';
import { planStorms, readSoakOrder, USAGE, type SoakOrder } from './soak-order.js';
import { composeReport, toMarkdown } from './soak-report.js';
import { failedStorm, summaryOf, type StormSummary } from './storm-summary.js';

/** The long form of the kill storm: `npm run test:soak -- --help`. */
const order = orderOrEnd();
const begunAt = new Date();
const begunMs = performance.now();
const grounds = await Grounds.prepare(order.seed);
const storms: StormSummary[] = [];
try {
  const plans = planStorms(order);
  console.log(
    `Soak with seed ${order.seed}: ${order.kills} kills over ${order.jobs} jobs in ${plans.length} storms.`,
  );
  for (const [index, plan] of plans.entries()) {
    if (performance.now() - begunMs > order.minutes * 60_000) break;
    const storm = await brave(plan);
    storms.push(storm);
    console.log(tell(storm, `${index + 1} of ${plans.length}`));
    for (const { detail, rule } of storm.violations) console.log(`  ${rule}: ${detail}`);
  }
} finally {
  await grounds.close();
}
writeReport(order);

async function brave(plan: StormOrder): Promise<StormSummary> {
  await using round = await grounds.round({ ...SHORT_LEASE, graceMs: 5_000 });
  try {
    return summaryOf(await runStorm(round, grounds.redisView, plan));
  } catch (error) {
    return failedStorm(plan, error, round.lastWords);
  }
}

function tell(
  { crashedRuns, enqueued, kills, seconds, seed, violations }: StormSummary,
  which: string,
): string {
  const verdict = violations.length === 0 ? 'no violation' : `${violations.length} VIOLATIONS`;
  return `Storm ${which}, seed ${seed}: ${kills} kills, ${enqueued} jobs, ${crashedRuns} crashed runs, ${seconds} s, ${verdict}.`;
}

function writeReport({ folder }: SoakOrder): void {
  const versions = {
    Kyu: versionOfKyu(),
    'Node.js': process.versions.node,
    PostgreSQL: grounds.postgres.version,
    Redis: grounds.redis.version,
  };
  const report = composeReport({ order, begunAt, tookMs: performance.now() - begunMs, versions }, storms);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'soak-report.json'), `${JSON.stringify(report, null, 2)}\n`);
  writeFileSync(join(folder, 'soak-report.md'), toMarkdown(report));
  const { violations } = report.figures;
  console.log(`${violations} violations. The report is in ${join(folder, 'soak-report.md')} and .json.`);
  process.exitCode = violations === 0 ? 0 : 1;
}

function orderOrEnd(): SoakOrder {
  try {
    const read = readSoakOrder(process.argv.slice(2));
    if (read !== 'help') return read;
    process.stdout.write(USAGE);
    process.exit(0);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    process.exit(2);
  }
}

function versionOfKyu(): string {
  const file = new URL('../../../../package.json', import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
