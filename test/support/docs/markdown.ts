/** A fenced block of a Markdown page. */
export interface CodeBlock {
  readonly language: string;
  readonly code: string;
  /** Of the line that opens the fence, counted from 1. */
  readonly line: number;
}

/** One row of a table: its cells by the title of their column. */
export type TableRow = Readonly<Record<string, string>>;

/** Indented as well: a block may belong to an item of a list. */
const FENCE = /^(\s*)```(\w*)\s*$/;

export function codeBlocks(markdown: string): CodeBlock[] {
  const blocks: CodeBlock[] = [];
  let open: { language: string; indent: number; lines: string[]; line: number } | undefined;
  for (const [index, text] of markdown.split('\n').entries()) {
    const fence = FENCE.exec(text);
    if (open === undefined && fence !== null) {
      const [, blanks = '', language = ''] = fence;
      open = { language, indent: blanks.length, lines: [], line: index + 1 };
    } else if (open !== undefined && fence !== null) {
      blocks.push({ language: open.language, code: `${open.lines.join('\n')}\n`, line: open.line });
      open = undefined;
    } else {
      open?.lines.push(text.slice(open.indent));
    }
  }
  if (open !== undefined) throw new Error(`The block that opens at line ${open.line} is never closed.`);
  return blocks;
}

/** The page without its code blocks: what is in them is no heading, no link and no table. */
export function withoutCode(markdown: string): string {
  let isCode = false;
  const kept = markdown.split('\n').filter((line) => {
    const isFence = FENCE.test(line);
    if (isFence) isCode = !isCode;
    return !isCode && !isFence;
  });
  return kept.join('\n');
}

/** What stands below a heading, up to the next heading of any level; tables are looked up by where they stand. */
export function section(markdown: string, heading: string): string {
  const lines = withoutCode(markdown).split('\n');
  const start = lines.findIndex((line) => /^#+ /.test(line) && line.replace(/^#+ /, '').trim() === heading);
  if (start < 0) throw new Error(`There is no heading "${heading}".`);
  const rest = lines.slice(start + 1);
  const end = rest.findIndex((line) => /^#+ /.test(line));
  return rest.slice(0, end < 0 ? undefined : end).join('\n');
}

/** The rows of every table in a piece of Markdown. */
export function tableRows(markdown: string): TableRow[] {
  const rows: TableRow[] = [];
  let titles: string[] | undefined;
  for (const line of withoutCode(markdown).split('\n')) {
    if (!line.startsWith('|')) {
      titles = undefined;
      continue;
    }
    const cells = cellsOf(line);
    if (titles === undefined) titles = cells;
    else if (!cells.every((cell) => /^:?-+:?$/.test(cell))) rows.push(toRow(titles, cells));
  }
  return rows;
}

/** The text of a cell without its code marks. */
export function plain(cell: string | undefined): string {
  return (cell ?? '').replaceAll('`', '').trim();
}

/** The targets of the links and pictures of a page. */
export function linksOf(markdown: string): string[] {
  const text = withoutCode(markdown).replaceAll(/`[^`]*`/g, '');
  const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1] ?? '');
  const pictures = [...text.matchAll(/\bsrc(?:set)?="([^"]+)"/g)].map((match) => match[1] ?? '');
  return [...links, ...pictures];
}

/** The anchors that a page offers, as GitHub makes them of its headings. */
export function anchorsOf(markdown: string): Set<string> {
  const headings = withoutCode(markdown)
    .split('\n')
    .filter((line) => /^#+ /.test(line));
  return new Set(headings.map((line) => slugOf(line.replace(/^#+ /, ''))));
}

/** What stands between code marks in the text. */
export function codeSpans(markdown: string): string[] {
  return [...withoutCode(markdown).matchAll(/`([^`\n]+)`/g)].map((match) => match[1] ?? '');
}

function cellsOf(line: string): string[] {
  // A bar inside a cell is escaped.
  const inner = line.trim().replace(/^\|/, '').replace(/\|$/, '');
  return inner.split(/(?<!\\)\|/).map((cell) => cell.replaceAll('\\|', '|').trim());
}

function toRow(titles: readonly string[], cells: readonly string[]): TableRow {
  return Object.fromEntries(titles.map((title, index) => [title, cells[index] ?? '']));
}

function slugOf(heading: string): string {
  return heading
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(/\s/g, '-');
}
