import { isDisturbed } from '../../support/processor-time.js';
import { RATIO_RULES } from './ratios.js';
import { summaryOf, type BenchmarkResult, type Report, type Summary } from './report.js';

/** The lines that show one benchmark. */
export function benchmarkLines(result: BenchmarkResult): string[] {
  const summaries = result.entrants.map((entrant) => ({ entrant, summary: summaryOf(entrant) }));
  const first = summaries[0]?.summary?.median;
  const rows = summaries.map(({ entrant, summary }) =>
    summary === null
      ? [entrant.name, `failed: ${entrant.failure ?? 'no sample'}`]
      : [
          entrant.name,
          figure(summary.median),
          `${figure(summary.min)} – ${figure(summary.max)}`,
          `± ${Math.round((summary.spread / 2) * 100)} %`,
          first === undefined ? '' : `${figure(summary.median / first)} ×`,
          detailText(summary),
        ],
  );
  const head = [
    '',
    `median, ${result.unit}`,
    'from – to',
    'spread',
    `of ${result.entrants[0]?.name}`,
    'details (medians)',
  ];
  const sizes = Object.entries(result.sizes ?? {}).map(
    ([name, size]) => `${name} = ${size.toLocaleString('en')}`,
  );
  return ['', result.title, ...sizes.map((size) => `  (in this run ${size})`), ...aligned([head, ...rows])];
}

/** The lines that show the ratios and whether they are what was set out for. */
export function ratioLines({ ratios, quick, verified }: Report): string[] {
  const rows = RATIO_RULES.flatMap(({ name, goal }) => {
    const ratio = ratios[name];
    if (ratio === undefined) return [];
    return [[name, ratio.toFixed(2), `goal ${goal.toFixed(2)}`, ratio >= goal ? 'reached' : 'missed']];
  });
  const note = quick ? ['  (short form: sizes and times are smaller than the names and the goals say)'] : [];
  return [
    '',
    'Ratios: Kyu over the other, more is better',
    ...note,
    ...aligned(rows),
    `verified: ${verified}`,
  ];
}

/** What the contestants were set to. */
export function settingLines(results: readonly BenchmarkResult[]): string[] {
  const settings = new Map(
    results.flatMap(({ name, entrants }) =>
      entrants.map((entrant) => [`${name}: ${entrant.name}`, entrant.settings]),
    ),
  );
  return ['', 'Settings', ...aligned([...settings])];
}

function detailText({ details, pooled, stolen }: Summary): string {
  const shown = Object.entries(details).map(([name, value]) => `${name} ${figure(value)}`);
  if (pooled !== undefined)
    shown.push(`all ${pooled.count}: p50 ${figure(pooled.p50)}, p99 ${figure(pooled.p99)}`);
  if (isDisturbed(stolen)) shown.push(`the host took up to ${Math.round(stolen * 100)} %`);
  return shown.join(', ');
}

/** Three digits that mean something. */
function figure(value: number): string {
  if (!Number.isFinite(value)) return '–';
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en');
  return Number(value.toPrecision(3)).toString();
}

function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    // The last cell of a row needs no room behind it, and may be long.
    for (const [index, cell] of row.slice(0, -1).entries())
      widths[index] = Math.max(widths[index] ?? 0, cell.length);
  }
  return rows.map((row) =>
    `  ${row.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join('  ')}`.trimEnd(),
  );
}
