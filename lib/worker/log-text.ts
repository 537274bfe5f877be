/** Fills `%s`, `%d` and `%j` in; what is left over follows. */
export function withDetails(message: string, details: readonly unknown[]): string {
  let next = 0;
  const filled = message.replace(/%[sdj]/g, (mark) => (next < details.length ? show(details[next++]) : mark));
  const rest = details.slice(next).map(show);
  return rest.length === 0 ? filled : `${filled} ${rest.join(' ')}`;
}

function show(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value instanceof Error) return value.stack ?? value.message;
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return String(value);
  }
}
