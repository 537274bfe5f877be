/** How instants are shown. */
export interface TimeStyle {
  readonly nowMs: number;
  /** ISO text in UTC instead of how long ago it was. */
  readonly isExact: boolean;
}

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
] as const;

/** A span in the one or two units that matter: `3d 4h`, `12s`, `85ms`. */
export function shortSpan(milliseconds: number): string {
  const size = Math.abs(Math.round(milliseconds));
  if (size < 1_000) return `${size}ms`;
  const index = UNITS.findIndex(([, unitMs]) => size >= unitMs);
  const [unit, unitMs] = UNITS[index] ?? UNITS[3];
  const whole = Math.floor(size / unitMs);
  const next = UNITS[index + 1];
  if (next === undefined || whole >= 10) return `${whole}${unit}`;
  const rest = Math.floor((size - whole * unitMs) / next[1]);
  return rest === 0 ? `${whole}${unit}` : `${whole}${unit} ${rest}${next[0]}`;
}

/** An instant for people: `12s ago`, `in 3h`; `–` where there is none. */
export function timeText(instant: Date | string | null | undefined, { nowMs, isExact }: TimeStyle): string {
  if (instant === null || instant === undefined) return '–';
  const at = new Date(instant);
  if (isExact) return at.toISOString();
  const sinceMs = nowMs - at.getTime();
  if (Math.abs(sinceMs) < 1_000) return 'now';
  return sinceMs > 0 ? `${shortSpan(sinceMs)} ago` : `in ${shortSpan(sinceMs)}`;
}

/** A count for people: `1,234`. */
export function countText(count: number): string {
  return count.toLocaleString('en-US');
}

/** A count and its noun: `1 job`, `1,234 jobs`. */
export function countOf(count: number, noun: string): string {
  return `${countText(count)} ${noun}${count === 1 ? '' : 's'}`;
}
