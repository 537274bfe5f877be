/** A round number at or above the highest value, for the top of an axis. */
export function niceCeiling(highest: number): number {
  if (!(highest > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(highest));
  const step = [1, 2, 2.5, 5, 10].find((factor) => factor * power >= highest) ?? 10;
  return step * power;
}

/** From 0 to `most` on `length` pixels, in either direction. */
export function linearScale(most: number, length: number): (value: number) => number {
  return (value) => (most === 0 ? 0 : (Math.max(0, Math.min(value, most)) / most) * length);
}

/** The middle of each of `count` points on `width` pixels. */
export function pointPositions(count: number, width: number): number[] {
  if (count <= 1) return count === 1 ? [width / 2] : [];
  return Array.from({ length: count }, (_, index) => (index * width) / (count - 1));
}

/** The point that lies nearest to a position. */
export function nearestPoint(position: number, count: number, width: number): number {
  if (count <= 1 || width <= 0) return 0;
  return Math.max(0, Math.min(count - 1, Math.round((position / width) * (count - 1))));
}

/** An SVG path through the points. */
export function linePath(points: readonly (readonly [number, number])[]): string {
  return points.map(([x, y], index) => `${index === 0 ? 'M' : 'L'}${round(x)} ${round(y)}`).join('');
}

/** The same, closed along the bottom. */
export function areaPath(points: readonly (readonly [number, number])[], bottom: number): string {
  const [first] = points;
  const last = points.at(-1);
  if (first === undefined || last === undefined) return '';
  return `${linePath(points)}L${round(last[0])} ${round(bottom)}L${round(first[0])} ${round(bottom)}Z`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
