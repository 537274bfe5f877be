import { escapeInvisible } from '../../core/redact.js';
import { shortenTo, widthOf, type Paint } from './paint.js';

/** One column of a table for people. */
export interface Column<Row> {
  readonly title: string;
  readonly text: (row: Row) => string;
  /** Numbers stand at the right. Default `left`. */
  readonly align?: 'left' | 'right';
  /** The colour of a cell. */
  readonly colour?: (row: Row, paint: Paint) => (text: string) => string;
  /** Takes what the others leave, and is cut there. One column at most. */
  readonly takesTheRest?: true;
}

/** Where a table goes. */
export interface TablePlace {
  readonly paint: Paint;
  /** Columns of the terminal; `undefined`: nothing is cut, as in a pipe. */
  readonly width: number | undefined;
}

const GAP = '  ';
const LEAST_REST = 12;

/**
 * Rows under their titles, in columns. Every cell is one line: what a job carries may hold anything, and must not move
 * the cursor of the terminal that shows it.
 */
export function tableOf<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  { paint, width }: TablePlace,
): string {
  const cells = rows.map((row) => columns.map((column) => escapeInvisible(column.text(row))));
  const widths = columns.map(({ title }, index) =>
    Math.max(widthOf(title), ...cells.map((row) => widthOf(row[index] ?? ''))),
  );
  fitInto(width, columns, widths);
  const titles = columns.map(({ title, align }, index) => padded(title, widths[index] ?? 0, align));
  const lines = cells.map((row, at) => {
    const painted = columns.map(({ align, colour }, index) => {
      const text = shortenTo(row[index] ?? '', widths[index] ?? 0);
      const inPlace = padded(text, widths[index] ?? 0, align);
      const given = rows[at];
      return colour === undefined || given === undefined ? inPlace : colour(given, paint)(inPlace);
    });
    return painted.join(GAP).trimEnd();
  });
  return [paint.quiet(titles.join(GAP).trimEnd()), ...lines].join('\n');
}

/** Names and what they stand for, one below the other. */
export function factsOf(facts: readonly (readonly [name: string, text: string])[], paint: Paint): string {
  const width = Math.max(0, ...facts.map(([name]) => widthOf(name)));
  return facts.map(([name, text]) => `${paint.quiet(padded(name, width))}${GAP}${text}`).join('\n');
}

function fitInto<Row>(width: number | undefined, columns: readonly Column<Row>[], widths: number[]): void {
  const flexible = columns.findIndex(({ takesTheRest }) => takesTheRest === true);
  if (width === undefined || flexible < 0) return;
  const others = widths.reduce((sum, one, index) => sum + (index === flexible ? 0 : one + GAP.length), 0);
  widths[flexible] = Math.min(widths[flexible] ?? 0, Math.max(LEAST_REST, width - others));
}

function padded(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const space = ' '.repeat(Math.max(0, width - widthOf(text)));
  return align === 'right' ? space + text : text + space;
}
