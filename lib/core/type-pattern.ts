import { isName, NAME_RULE } from './names.js';

/** What a handler may be written for, in words, for error messages. */
export const TYPE_OR_PATTERN_RULE = `${NAME_RULE}; for all types that begin alike, such a name followed by one * at the end`;

/** `report:sales:*` stands for every job type that begins with `report:sales:`. */
export function isTypePattern(value: unknown): value is string {
  return typeof value === 'string' && value.endsWith('*') && isName(value.slice(0, -1));
}

/** What `@JobHandler` and the keys of `handlers` may be. */
export function isTypeOrPattern(value: unknown): value is string {
  return isName(value) || isTypePattern(value);
}

/** What belongs to a job type: its own entry, else that of the longest pattern that covers it. */
export function bestMatch<Value>(entries: ReadonlyMap<string, Value>, type: string): Value | undefined {
  const exact = entries.get(type);
  if (exact !== undefined) return exact;
  for (let length = type.length; length > 0; length -= 1) {
    const byPrefix = entries.get(`${type.slice(0, length)}*`);
    if (byPrefix !== undefined) return byPrefix;
  }
  return undefined;
}
