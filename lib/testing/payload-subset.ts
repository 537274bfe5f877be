/** What Vitest and Jest make of `expect.any(String)` and the like. */
interface AsymmetricMatcher {
  asymmetricMatch(actual: unknown): boolean;
}

/**
 * Whether a payload has everything that is expected of it. Objects may have more keys than expected; lists must be as
 * long; a date is its ISO text, as in the ledger; `expect.any(String)` and its like ask for themselves.
 */
export function isSubset(expected: unknown, actual: unknown): boolean {
  if (isAsymmetric(expected)) return expected.asymmetricMatch(actual);
  if (expected instanceof Date) return actual === expected.toISOString();
  if (Array.isArray(expected)) return isSameList(expected, actual);
  if (typeof expected === 'object' && expected !== null) return hasMembers(expected, actual);
  return Object.is(expected, actual);
}

function isSameList(expected: readonly unknown[], actual: unknown): boolean {
  if (!Array.isArray(actual) || actual.length !== expected.length) return false;
  return expected.every((member, index) => isSubset(member, actual[index]));
}

function hasMembers(expected: object, actual: unknown): boolean {
  if (typeof actual !== 'object' || actual === null || Array.isArray(actual)) return false;
  const members = actual as Readonly<Record<string, unknown>>;
  return Object.entries(expected).every(([key, member]) => isSubset(member, members[key]));
}

function isAsymmetric(value: unknown): value is AsymmetricMatcher {
  return (
    typeof value === 'object' &&
    value !== null &&
    'asymmetricMatch' in value &&
    typeof value.asymmetricMatch === 'function'
  );
}
