/** Milliseconds, or text such as `'250ms'`, `'30s'`, `'5m'`, `'1h30m'`, `'2d'`. */
export type Duration = number | string;

const UNITS_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};
const PART = /(\d+(?:\.\d+)?)(ms|s|m|h|d)/g;
const WHOLE = /^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+$/;

/** Far beyond any plan, and still inside what PostgreSQL's intervals and int8 hold without care. */
export const LONGEST_DURATION_MS = 100 * 365 * UNITS_MS['d']!; // 'd' is in the table above

/** The longest time that a timer of Node waits; with a longer one it fires at once. */
export const LONGEST_TIMER_MS = 2_147_483_647;

/**
 * A duration in whole milliseconds, or `undefined` when the value is none.
 * Negative, endless and unreadable values are none; the caller says which field it was. A duration that is not
 * zero never becomes zero, because zero often means "no limit".
 */
export function parseDuration(value: unknown): number | undefined {
  const milliseconds = typeof value === 'string' ? parseText(value.trim()) : value;
  if (typeof milliseconds !== 'number' || !Number.isFinite(milliseconds)) return undefined;
  if (milliseconds < 0 || milliseconds > LONGEST_DURATION_MS) return undefined;
  if (milliseconds === 0) return 0;
  return Math.max(1, Math.round(milliseconds));
}

function parseText(text: string): number | undefined {
  if (/^\d+$/.test(text)) return Number(text);
  if (!WHOLE.test(text)) return undefined;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(PART)) {
    total += Number(amount) * UNITS_MS[unit as string]!; // the pattern admits only units of the table
  }
  return total;
}

/** A duration for people: `90000` reads `1m30s`. */
export function formatDuration(milliseconds: number): string {
  let rest = Math.round(milliseconds);
  if (rest < 0) return `-${formatDuration(-rest)}`;
  if (rest === 0) return '0ms';
  let text = '';
  for (const unit of ['d', 'h', 'm', 's', 'ms']) {
    const size = UNITS_MS[unit]!; // the list repeats the table's keys
    const count = Math.floor(rest / size);
    if (count > 0) text += `${count}${unit}`;
    rest -= count * size;
  }
  return text;
}
