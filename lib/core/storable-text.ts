/**
 * PostgreSQL's text and jsonb refuse NUL, and JSON with a lone surrogate is no valid UTF-8.
 * Kyu's own writes (error messages, stacks, log lines) must never fail for their content, so they are cleaned
 * before they are serialised: afterwards the bad character would already be an escape.
 */
export function toStorableText(text: string, limit: number): string {
  const short = text.length > limit ? `${text.slice(0, limit - 1)}…` : text;
  return short.replaceAll('\u0000', '\uFFFD').toWellFormed();
}

/** Whether PostgreSQL can hold the text as it is: neither a NUL nor half of a surrogate pair. */
export function isStorable(text: string): boolean {
  return toStorableText(text, text.length) === text;
}
