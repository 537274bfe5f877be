/**
 * The columns of a batch as parameters of one statement. Most batches say the same in most columns, and an array of
 * 500 equal values costs this process to write, the network to carry and PostgreSQL to read: together a sixth of what
 * a settle costs. So what is the same in every row travels once, and the statement repeats it.
 */

/** A column without nulls. Where all rows agree: one value, which the statement takes for every row (`repeated`). */
export function columnOf<Row>(rows: readonly Row[], valueOf: (row: Row) => unknown): unknown[] {
  const values = rows.map(valueOf);
  const [first] = values;
  return values.every((value) => value === first) ? [first] : values;
}

/** A column that is mostly null. Where it is so in all rows: nothing, which `unnest` fills up with nulls. */
export function rareColumnOf<Row>(rows: readonly Row[], valueOf: (row: Row) => unknown): unknown[] {
  const values = rows.map(valueOf);
  return values.every((value) => value === null) ? [] : values;
}

/** A column of few different values: each of them once, and for each row its place among them, beginning with 1. */
export function indexedColumnOf<Row>(
  rows: readonly Row[],
  valueOf: (row: Row) => string,
): { readonly values: string[]; readonly places: unknown[] } {
  const known = new Map<string, number>();
  const places = columnOf(rows, (row) => {
    const value = valueOf(row);
    const place = known.get(value) ?? known.size + 1;
    if (place > known.size) known.set(value, place);
    return place;
  });
  return { values: [...known.keys()], places };
}

/** In a statement: a column made by `columnOf`, of the row `sent` or of all rows. */
export function repeated(column: string, parameter: number, type: string): string {
  return `coalesce(sent.${column}, ($${parameter}::${type}[])[1])`;
}
