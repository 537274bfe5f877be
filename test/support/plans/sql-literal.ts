/**
 * A value as a literal of SQL. EXECUTE takes no parameters of its own, and EXPLAIN of a statement that was prepared
 * with PREPARE is the only way to see the plan that a prepared statement has.
 */
export function sqlLiteral(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return quoted(`{${value.map(arrayElement).join(',')}}`);
  return quoted(textOf(value));
}

function arrayElement(value: unknown): string {
  if (value === null) return 'NULL';
  return `"${textOf(value).replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  throw new TypeError(`A ${typeof value} is no parameter of the statements under test.`);
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
