import { plain } from './markdown.js';
import type { NamedTest } from './named-tests.js';

/** One line of docs/features.md. */
export interface FeatureRow {
  readonly number: number;
  readonly feature: string;
  readonly documents: string;
  readonly test: string;
}

const ROW = /^\| F(\d{1,3}) \| (.*) \| (.*) \| (.*) \|$/;

export function featureRows(page: string): FeatureRow[] {
  return page.split('\n').flatMap((line) => {
    const row = rowOf(line);
    return row === undefined ? [] : [row];
  });
}

function rowOf(line: string): FeatureRow | undefined {
  const found = ROW.exec(line);
  if (found === null) return undefined;
  const [, number = '', feature = '', documents = '', test = ''] = found;
  return { number: Number(number), feature: plain(feature), documents, test };
}

/**
 * The page with its column of tests as it should be: what a row names stays, where it is right; else the first of the
 * tests takes its place; and where there is none, the row says where one is expected.
 */
export function filledPage(
  page: string,
  testsOf: (number: number) => readonly NamedTest[],
  without: (row: FeatureRow) => string,
): string {
  const lines = page.split('\n').map((line) => {
    const row = rowOf(line);
    if (row === undefined) return line;
    const cells = testsOf(row.number).map(cellOf);
    const cell = cells.includes(row.test) ? row.test : (cells[0] ?? without(row));
    return `${line.slice(0, line.length - row.test.length - ' |'.length)}${cell} |`;
  });
  return lines.join('\n');
}

/** `[e2e/retention](…): title`, without what Markdown would read as something else. */
function cellOf({ file, title }: NamedTest): string {
  const name = file.replace(/^test\//, '').replace(/\.(?:spec|contract)\.ts$/, '');
  return `[${name}](../${file}): ${title.replaceAll('|', '\\|').replaceAll('[', '\\[')}`;
}
