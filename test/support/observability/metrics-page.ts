/** One family as a page shows it. */
export interface PageFamily {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly series: PageSeries[];
}

export interface PageSeries {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const HEAD = /^# (HELP|TYPE) (\S+) (.+)$/;
const SERIES = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/y;
const NUMBER = /^(?:[+-]?Inf|nan|[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?)$/i;
const TYPES = ['counter', 'gauge', 'histogram', 'summary'];

/**
 * Reads a page in the text format 0.0.4, and refuses what Prometheus refuses: text outside of a family, broken labels
 * and values, a family or a series that comes twice, histograms that do not add up.
 */
export function readMetricsPage(text: string): Map<string, PageFamily> {
  if (!text.endsWith('\n')) throw new Error('The last line has no end.');
  const families = new Map<string, PageFamily>();
  const seen = new Set<string>();
  let family: PageFamily | undefined;
  for (const line of text.split('\n').filter((part) => part !== '')) {
    if (line.startsWith('#')) {
      family = readHead(line, family, families);
      continue;
    }
    if (family === undefined) throw new Error(`Before the first family: ${line}`);
    const series = readSeries(line);
    if (!namesOf(family).includes(series.name)) throw new Error(`Not of the family ${family.name}: ${line}`);
    const identity = identityOf(series.name, series.labels);
    if (seen.has(identity)) throw new Error(`The series comes twice: ${line}`);
    seen.add(identity);
    family.series.push(series);
  }
  for (const one of families.values()) checkFamily(one);
  return families;
}

/** The value of one series; `undefined` when the page does not have it. */
export function valueOf(
  page: ReadonlyMap<string, PageFamily>,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number | undefined {
  const family = page.get(name) ?? page.get(name.replace(/_(?:bucket|sum|count)$/, ''));
  const wanted = identityOf(name, labels);
  return family?.series.find((series) => identityOf(series.name, series.labels) === wanted)?.value;
}

function readHead(
  line: string,
  current: PageFamily | undefined,
  families: Map<string, PageFamily>,
): PageFamily {
  const [, kind, name, text] = HEAD.exec(line) ?? [];
  if (kind === undefined || name === undefined || text === undefined) throw new Error(`No head: ${line}`);
  if (!NAME.test(name)) throw new Error(`No name of a metric: ${line}`);
  if (kind === 'HELP') {
    if (families.has(name)) throw new Error(`The family comes twice: ${line}`);
    const family = { name, help: text, type: '', series: [] };
    families.set(name, family);
    return family;
  }
  if (current?.name !== name || current.type !== '') throw new Error(`A type without its help: ${line}`);
  if (!TYPES.includes(text)) throw new Error(`No type: ${line}`);
  const family = { ...current, type: text };
  families.set(name, family);
  return family;
}

function readSeries(line: string): PageSeries {
  const [, name, labels, value] = SERIES.exec(line) ?? [];
  if (name === undefined || value === undefined) throw new Error(`No series: ${line}`);
  if (!NUMBER.test(value)) throw new Error(`No value: ${line}`);
  return { name, labels: readLabels(labels ?? '', line), value: Number(value.replace('Inf', 'Infinity')) };
}

function readLabels(text: string, line: string): Record<string, string> {
  const labels: Record<string, string> = {};
  LABEL.lastIndex = 0;
  while (LABEL.lastIndex < text.length) {
    const [, name, value] = LABEL.exec(text) ?? [];
    if (name === undefined || value === undefined) throw new Error(`Broken labels: ${line}`);
    if (name in labels) throw new Error(`A label comes twice: ${line}`);
    labels[name] = value.replaceAll(/\\(.)/g, (_, character: string) =>
      character === 'n' ? '\n' : character,
    );
  }
  return labels;
}

function identityOf(name: string, labels: Readonly<Record<string, string>>): string {
  const pairs = Object.keys(labels)
    .sort()
    .map((label) => [label, labels[label]]);
  return JSON.stringify([name, ...pairs]);
}

function namesOf({ name, type }: PageFamily): string[] {
  if (type === 'histogram') return [`${name}_bucket`, `${name}_sum`, `${name}_count`];
  if (type === 'summary') return [name, `${name}_sum`, `${name}_count`];
  return [name];
}

function checkFamily(family: PageFamily): void {
  if (family.type === '') throw new Error(`${family.name} has no type.`);
  if (family.type !== 'histogram') return;
  const histograms = new Map<string, PageSeries[]>();
  for (const series of family.series) {
    const { le: _, ...labels } = series.labels;
    const identity = JSON.stringify(labels);
    histograms.set(identity, [...(histograms.get(identity) ?? []), series]);
  }
  for (const [labels, series] of histograms) checkHistogram(`${family.name} ${labels}`, family.name, series);
}

function checkHistogram(where: string, name: string, series: readonly PageSeries[]): void {
  const buckets = series.filter((one) => one.name === `${name}_bucket`);
  const bounds = buckets.map(({ labels }) => Number((labels['le'] ?? '').replace('Inf', 'Infinity')));
  const counts = buckets.map(({ value }) => value);
  if (!isAscending(bounds) || !isAscending(counts))
    throw new Error(`The buckets of ${where} are out of order.`);
  if (bounds.at(-1) !== Infinity) throw new Error(`${where} has no last bucket.`);
  const count = series.find((one) => one.name === `${name}_count`)?.value;
  if (count !== counts.at(-1)) throw new Error(`The last bucket of ${where} is not the count.`);
  if (!series.some((one) => one.name === `${name}_sum`)) throw new Error(`${where} has no sum.`);
}

function isAscending(numbers: readonly number[]): boolean {
  return numbers.every(
    (number, index) => !Number.isNaN(number) && number >= (numbers[index - 1] ?? -Infinity),
  );
}
