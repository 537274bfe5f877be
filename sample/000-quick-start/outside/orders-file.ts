import { parse, type CsvError } from 'csv-parse';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { orderInputSchema, type OrderInput } from '../app/orders/order-input.js';

/** A line that is no order, and why. */
export interface BadLine {
  lineNumber: number;
  reason: string;
}

/** What each field of an order is called in the first line of the file. */
const COLUMNS = {
  orderNo: 'order_no',
  customer: 'customer',
  email: 'email',
  amountCents: 'amount_cents',
  currency: 'currency',
  card: 'card',
  note: 'note',
} as const satisfies Record<keyof OrderInput, string>;

/** A record that runs on for longer than this began with a quote that nobody closed. */
const LONGEST_RECORD = 20_000;

/** The parser's own texts name the line where a record ends; people look for the line where it begins. */
const REASONS: Readonly<Record<string, string>> = {
  CSV_RECORD_INCONSISTENT_COLUMNS: 'has too few or too many fields',
  CSV_QUOTE_NOT_CLOSED: 'opens a quote that is never closed',
  CSV_MAX_RECORD_SIZE: 'runs on for too long: it probably opens a quote that is never closed',
};

interface Entry {
  record: Partial<Record<string, string>>;
  raw: string;
  info: { lines: number };
}

/**
 * Reads orders from a CSV file (UTF-8), one at a time: the file may be larger than the memory.
 * A bad line is told to `onBadLine` and skipped; the others are read all the same.
 * @throws Error when the file cannot be read, or when its first line lacks a column
 */
export async function* readOrders(
  path: string,
  onBadLine: (badLine: BadLine) => void,
): AsyncGenerator<OrderInput, void, undefined> {
  const parser = parse({
    bom: true,
    columns: (header) => checkedHeader(header, path),
    info: true,
    raw: true,
    relax_quotes: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    max_record_size: LONGEST_RECORD,
    on_skip: (error, raw = '') => {
      if (!error) return undefined;
      onBadLine({ lineNumber: firstLine(linesOf(error), raw), reason: REASONS[error.code] ?? error.message });
      return undefined;
    },
  });
  // Errors of either stream reach the loop below, so there is nothing left to do in the callback.
  pipeline(createReadStream(path, 'utf8'), withPlainLineEnds, parser, () => {});

  for await (const entry of parser as AsyncIterable<Entry>) {
    const order = orderInputSchema.safeParse(fieldsOf(entry.record));
    if (order.success) yield order.data;
    else {
      const reason = order.error.issues.map((issue) => describe(issue, entry.record)).join('; ');
      onBadLine({ lineNumber: firstLine(entry.info.lines, entry.raw), reason });
    }
  }
}

function checkedHeader(header: readonly string[], path: string): string[] {
  const names = header.map((name) => name.trim());
  const missing = Object.values(COLUMNS).filter((name) => !names.includes(name));
  if (missing.length === 0) return names;
  throw new Error(`${path}: the first line lacks ${missing.join(', ')}; it reads: ${names.join(', ')}`);
}

function fieldsOf(record: Entry['record']): Record<keyof OrderInput, unknown> {
  const field = (name: keyof OrderInput) => record[COLUMNS[name]];
  const amount = field('amountCents')?.trim() ?? '';
  return {
    orderNo: field('orderNo'),
    customer: field('customer'),
    email: field('email')?.trim(),
    // Number() would take '', '0x10' and '1e3' for numbers; whoever typed them meant something else.
    amountCents: /^-?\d+$/.test(amount) ? Number(amount) : amount,
    currency: field('currency')?.trim(),
    card: field('card'),
    note: field('note')?.trim(),
  };
}

function describe(issue: { path: PropertyKey[]; message: string }, record: Entry['record']): string {
  const column = COLUMNS[issue.path[0] as keyof OrderInput];
  return `${column} "${(record[column] ?? '').slice(0, 40)}" ${issue.message}`;
}

/** The parser counts to the end of a record, and a field in quotes may go over several lines. */
function firstLine(lastLine: number, raw: string): number {
  return lastLine - (raw.trim().split('\n').length - 1);
}

/** The parser's errors carry its position; their type does not say so. */
function linesOf(error: CsvError): number {
  return (error as CsvError & { lines?: number }).lines ?? 0;
}

/** Windows ends its lines with two characters, which the parser would count as two lines. */
async function* withPlainLineEnds(chunks: AsyncIterable<string>): AsyncGenerator<string> {
  let heldBack = '';
  for await (const chunk of chunks) {
    const text = heldBack + chunk;
    heldBack = text.endsWith('\r') ? '\r' : '';
    yield text.slice(0, text.length - heldBack.length).replaceAll('\r\n', '\n');
  }
  yield heldBack;
}
