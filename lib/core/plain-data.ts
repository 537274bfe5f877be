/** Nested deeper than this, a value is looked at with care: it may contain itself. */
const DEEPEST = 16;

/**
 * Whether a value is, beyond doubt, data that JSON holds as it is: what nearly every payload is. It runs for every job
 * and makes nothing; no path for a message, no list of ancestors. False says only that somebody has to look closer.
 */
export function isPlainData(value: unknown): boolean {
  try {
    return isPlain(value, 0);
  } catch {
    return false; // a getter, or a proxy: whoever looks closer says which
  }
}

function isPlain(value: unknown, depth: number): boolean {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return true;
    case 'number':
      return Number.isFinite(value);
    case 'object':
      return value === null || (depth < DEEPEST && hasPlainMembers(value, depth + 1));
    default:
      return false;
  }
}

function hasPlainMembers(value: object, depth: number): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Array.prototype) return isPlainArray(value as readonly unknown[], depth);
  if (prototype !== Object.prototype || 'toJSON' in value) return false;
  for (const key of Object.keys(value)) {
    const member = (value as Readonly<Record<string, unknown>>)[key];
    if (member !== undefined && !isPlain(member, depth)) return false; // JSON leaves it out, as people expect
  }
  return true;
}

function isPlainArray(items: readonly unknown[], depth: number): boolean {
  if ('toJSON' in items) return false;
  for (let index = 0; index < items.length; index += 1) if (!isPlain(items[index], depth)) return false;
  return true;
}
