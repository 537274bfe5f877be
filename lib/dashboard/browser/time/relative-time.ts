const STEPS: readonly (readonly [string, number])[] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
];

/** How long ago or how soon, in at most two units: `4 s ago`, `2 h 5 min ago`, `in 3 d`. */
export function relativeTime(instant: string, nowMs: number): string {
  const distance = Date.parse(instant) - nowMs;
  if (!Number.isFinite(distance)) return 'unknown';
  if (Math.abs(distance) < 1_000) return 'now';
  const span = shortSpan(coarse(Math.abs(distance)));
  return distance < 0 ? `${span} ago` : `in ${span}`;
}

/** Seconds say nothing beyond a minute, minutes nothing beyond a day. */
function coarse(distanceMs: number): number {
  const step = distanceMs < 60_000 ? 1_000 : distanceMs < 86_400_000 ? 60_000 : 3_600_000;
  return Math.floor(distanceMs / step) * step;
}

/** A span for the eye: `340 ms`, `1.2 s`, `4 min 10 s`, `3 d 2 h`. */
export function shortSpan(spanMs: number): string {
  if (spanMs < 1_000) return `${Math.round(spanMs)} ms`;
  if (spanMs < 10_000) return `${trimZero((Math.floor(spanMs / 100) / 10).toFixed(1))} s`;
  const index = STEPS.findIndex(([, size]) => spanMs >= size);
  const [unit, size] = STEPS[index] ?? ['s', 1_000];
  const [nextUnit, nextSize] = STEPS[index + 1] ?? ['', 0];
  const whole = Math.floor(spanMs / size);
  // The second unit says something only while the first is small.
  const rest = nextSize === 0 || whole >= 10 ? 0 : Math.floor((spanMs - whole * size) / nextSize);
  return rest === 0 ? `${whole} ${unit}` : `${whole} ${unit} ${rest} ${nextUnit}`;
}

/** An age that a counter shows: whole seconds, so that it does not flicker. */
export function ageSpan(spanMs: number): string {
  return shortSpan(spanMs < 1_000 ? 0 : Math.floor(spanMs / 1_000) * 1_000).replace(/^0 ms$/, '0 s');
}

function trimZero(text: string): string {
  return text.endsWith('.0') ? text.slice(0, -2) : text;
}
