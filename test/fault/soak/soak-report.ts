import { cpus, platform, release, totalmem } from 'node:os';
import { describeSpread, spreadOf } from '../../support/fault/recovery.js';
import { FAST_LEASE } from '../../support/fault/storm.js';
import type { SoakOrder } from './soak-order.js';
import type { StormSummary } from './storm-summary.js';

/** Where a soak ran, and on what. */
export interface SoakSetting {
  readonly order: SoakOrder;
  readonly begunAt: Date;
  readonly tookMs: number;
  readonly versions: Readonly<Record<string, string>>;
}

/** Everything that a soak came to, as it is written to JSON. */
export type SoakReport = ReturnType<typeof composeReport>;

export function composeReport(
  { begunAt, order, tookMs, versions }: SoakSetting,
  storms: readonly StormSummary[],
) {
  const sum = (pick: (storm: StormSummary) => number): number =>
    storms.reduce((total, storm) => total + pick(storm), 0);
  const found = (...rules: string[]): number =>
    storms.flatMap(({ violations }) => violations).filter(({ rule }) => rules.includes(rule)).length;
  const recovery = spreadsByLease(storms);
  const fast = recovery[FAST_LEASE.leaseMs];
  return {
    seed: order.seed,
    asked: order,
    begunAt: begunAt.toISOString(),
    tookMinutes: round(tookMs / 60_000),
    machine: {
      system: `${platform()} ${release()}`,
      processors: `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown'}`,
      memoryGb: round(totalmem() / 2 ** 30),
    },
    versions,
    isWhole: sum(({ kills }) => kills) >= order.kills && sum(({ enqueued }) => enqueued) >= order.jobs,
    figures: {
      kills: sum(({ kills }) => kills),
      jobs: sum(({ enqueued }) => enqueued),
      lost: found('lost-job'),
      overlaps: found('overlap'),
      overlaps_after_thaw: sum(({ afterThaw }) => afterThaw.length),
      stale_settles: found('wrong-settlement', 'stale-settle'),
      false_rescues: found('false-rescue'),
      violations: sum(({ violations }) => violations.length),
      completed: sum(({ completed }) => completed),
      dead: sum(({ dead }) => dead),
      runs: sum(({ runs }) => runs),
      crashed_runs: sum(({ crashedRuns }) => crashedRuns),
      fast_kill_recovery_p50_s: fast === undefined ? null : round(fast.p50 / 1_000),
      fast_kill_recovery_p99_s: fast === undefined ? null : round(fast.p99 / 1_000),
    },
    recoveryMsByLeaseMs: recovery,
    waitsMs: spreadOf(storms.flatMap(({ waits }) => waits)),
    deeds: addUp(storms.map(({ deeds }) => deeds)),
    deaths: addUp(storms.map(({ deaths }) => deaths)),
    storms: storms.map(({ recoveries: _recoveries, waits: _waits, ...storm }) => storm),
  };
}

export function toMarkdown(report: SoakReport): string {
  const { asked, figures, machine, storms, versions } = report;
  const verdict =
    figures.violations === 0 ? 'Every promise was kept.' : `**${figures.violations} violations**, see below.`;
  const rest = report.isWhole
    ? ''
    : ` It ended before it was done: ${asked.kills} kills and ${asked.jobs} jobs were asked for.`;
  return [
    '# Soak of Kyu',
    '',
    `${verdict} ${figures.kills} SIGKILLs over ${figures.jobs} jobs in ${report.tookMinutes} minutes.${rest}`,
    '',
    ...table([
      ['What', 'Value'],
      ['Seed', `${report.seed}`],
      ['Begun', report.begunAt],
      ['Machine', `${machine.processors}, ${machine.memoryGb} GB, ${machine.system}`],
      [
        'Versions',
        Object.entries(versions)
          .map(([name, version]) => `${name} ${version}`)
          .join(', '),
      ],
    ]),
    '',
    '## Figures',
    '',
    ...table([
      ['Figure', 'Value'],
      ...Object.entries(figures).map(([name, value]) => [name, `${value ?? '–'}`]),
    ]),
    '',
    '## Times',
    '',
    ...table([
      ['From → to', 'Measured'],
      ...Object.entries(report.recoveryMsByLeaseMs).map(([leaseMs, spread]) => [
        `SIGKILL → its jobs start elsewhere (lease ${leaseMs} ms)`,
        describeSpread(spread),
      ]),
      ['ready → the run starts', describeSpread(report.waitsMs)],
    ]),
    '',
    '## What was done to the fleet, and what jobs died of',
    '',
    ...table([
      ['What', 'Times'],
      ...Object.entries({ ...report.deeds, ...report.deaths }).map(([what, count]) => [what, `${count}`]),
    ]),
    '',
    '## Storms',
    '',
    'Each can be replayed alone: `npm run test:soak -- --seed SEED --kills KILLS --jobs JOBS`, with what it was asked for.',
    'The producers go on until the last kill is done, so there may be many more jobs than that.',
    '',
    ...table([
      ['Seed', 'Asked for', 'Kills', 'Jobs', 'Crashed runs', 'Seconds', 'Violations'],
      ...storms.map(({ asked, crashedRuns, enqueued, kills, seconds, seed, violations }) => [
        `${seed}`,
        `${asked.kills} kills, ${asked.jobs} jobs`,
        ...[kills, enqueued, crashedRuns, seconds, violations.length].map(String),
      ]),
    ]),
    ...storms.flatMap(({ afterThaw, seed, violations }) => [
      ...violations.flatMap(({ detail, job, rule, story }) => [
        '',
        `## Violation: ${rule}`,
        '',
        `Seed ${seed}${job === '' ? '' : `, job ${job}`}: ${detail}.`,
        ...(story.length === 0 ? [] : ['', '```', ...story, '```']),
      ]),
      ...afterThaw.map((detail) => `\nJust after a thaw, seed ${seed}: ${detail}.`),
    ]),
    '',
  ].join('\n');
}

function spreadsByLease(storms: readonly StormSummary[]) {
  const byLease = new Map<number, number[]>();
  for (const { recoveries } of storms) {
    for (const [leaseMs, values] of recoveries)
      byLease.set(leaseMs, [...(byLease.get(leaseMs) ?? []), ...values]);
  }
  return Object.fromEntries([...byLease].map(([leaseMs, values]) => [leaseMs, spreadOf(values)]));
}

function addUp(counts: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const [name, count] of counts.flatMap((one) => Object.entries(one)))
    sums[name] = (sums[name] ?? 0) + count;
  return sums;
}

function table([head = [], ...rows]: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)];
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
