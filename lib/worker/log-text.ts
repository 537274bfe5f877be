/** Fills `%s`, `%d` and `%j` in; what is left over follows. */
export function withDetails(message: string, details: readonly unknown[]): string {
  let next = 0;
  const filled = showKind(message).replace(/%[sdj]/g, (mark) =>
    next < details.length ? show(details[next++]) : mark,
  );
  const rest = details.slice(next).map(show);
  return rest.length === 0 ? filled : `${filled} ${rest.join(' ')}`;
}

/** A line of a log is no reason for a run to fail, whatever its details do when they are looked at. */
function show(value: unknown): string {
  try {
    if (typeof value === 'string') return value;
    if (value instanceof Error) return showKind(value.stack ?? value.message);
    return JSON.stringify(value) ?? String(value);
  } catch {
    return showKind(value);
  }
}

/** What is text by its type may be anything else all the same. */
function showKind(value: unknown): string {
  try {
    return String(value);
  } catch {
    return '(a value that cannot be read)';
  }
}
