import type { SeriesPoint } from '../../contract.js';
import { wholeNumber } from '../words/numbers.js';
import { areaPath, linearScale, linePath, niceCeiling, pointPositions } from './scales.js';

const WIDTH = 120;
const HEIGHT = 28;

/** Completed runs over time as a line without axes; failed ones as ticks below. */
export function Sparkline({
  series,
  what,
}: {
  readonly series: readonly SeriesPoint[];
  readonly what: string;
}) {
  const total = series.reduce((sum, { completed }) => sum + completed, 0);
  const failed = series.reduce((sum, point) => sum + point.failed, 0);
  const scale = linearScale(
    niceCeiling(Math.max(0, ...series.map(({ completed }) => completed))),
    HEIGHT - 4,
  );
  const positions = pointPositions(series.length, WIDTH);
  const points = series.map(
    ({ completed }, index) => [positions[index] ?? 0, HEIGHT - 2 - scale(completed)] as const,
  );
  return (
    <svg
      class="sparkline"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      width={WIDTH}
      height={HEIGHT}
      role="img"
      aria-label={`${what}: ${wholeNumber(total)} completed, ${wholeNumber(failed)} failed`}
    >
      <path class="area tone-completed" d={areaPath(points, HEIGHT)} />
      <path class="line tone-completed" d={linePath(points)} />
      {series.map((point, index) =>
        point.failed === 0 ? null : (
          <rect
            key={index}
            class="tick tone-dead"
            x={(positions[index] ?? 0) - 1}
            y={HEIGHT - 4}
            width="2"
            height="4"
          />
        ),
      )}
    </svg>
  );
}
