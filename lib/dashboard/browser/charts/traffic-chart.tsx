import { useState } from 'preact/hooks';
import type { SeriesPoint } from '../../contract.js';
import { axisTime, exactTime } from '../time/exact-time.js';
import { wholeNumber } from '../words/numbers.js';
import { areaPath, linearScale, linePath, nearestPoint, niceCeiling, pointPositions } from './scales.js';

const WIDTH = 1_000;
const HEIGHT = 180;
const LABELS = 5;

type Measure = 'enqueued' | 'completed' | 'failed';
const MEASURES: readonly (readonly [Measure, string, string])[] = [
  ['enqueued', 'In', 'tone-pending'],
  ['completed', 'Completed', 'tone-completed'],
  ['failed', 'Failed', 'tone-dead'],
];

/** What came in and what went out. The readout above it follows the pointer; the table below says it all in numbers. */
export function TrafficChart({ series }: { readonly series: readonly SeriesPoint[] }) {
  const [at, setAt] = useState<number>();
  const most = niceCeiling(
    Math.max(0, ...series.flatMap((point) => [point.enqueued, point.completed, point.failed])),
  );
  const positions = pointPositions(series.length, WIDTH);
  const follow = (event: PointerEvent): void => {
    const box = (event.currentTarget as Element).getBoundingClientRect();
    setAt(nearestPoint(event.clientX - box.left, series.length, box.width));
  };
  return (
    <figure class="chart">
      <Readout series={series} at={at} />
      <div class="plot">
        <span class="axis-top" aria-hidden="true">
          {wholeNumber(most)}
        </span>
        <svg
          viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
          preserveAspectRatio="none"
          aria-hidden="true"
          onPointerMove={follow}
          onPointerLeave={() => setAt(undefined)}
        >
          {[0, 0.5, 1].map((share) => (
            <line key={share} class="grid" x1="0" x2={WIDTH} y1={HEIGHT * share} y2={HEIGHT * share} />
          ))}
          {MEASURES.map(([measure, , tone]) => (
            <Curve
              key={measure}
              series={series}
              measure={measure}
              tone={tone}
              most={most}
              positions={positions}
            />
          ))}
          {at !== undefined && (
            <line class="cursor" x1={positions[at]} x2={positions[at]} y1="0" y2={HEIGHT} />
          )}
        </svg>
      </div>
      <Axis series={series} />
      <FiguresTable series={series} />
    </figure>
  );
}

interface CurveProps {
  readonly series: readonly SeriesPoint[];
  readonly measure: Measure;
  readonly tone: string;
  readonly most: number;
  readonly positions: readonly number[];
}

function Curve({ series, measure, tone, most, positions }: CurveProps) {
  const scale = linearScale(most, HEIGHT - 4);
  const points = series.map(
    (point, index) => [positions[index] ?? 0, HEIGHT - 1 - scale(point[measure])] as const,
  );
  return (
    <>
      {measure !== 'enqueued' && <path class={`area ${tone}`} d={areaPath(points, HEIGHT)} />}
      <path class={`line ${tone} ${measure}`} d={linePath(points)} />
    </>
  );
}

function Readout({
  series,
  at,
}: {
  readonly series: readonly SeriesPoint[];
  readonly at: number | undefined;
}) {
  const point = at === undefined ? undefined : series[at];
  const valueOf = (measure: Measure): number =>
    point === undefined ? series.reduce((sum, each) => sum + each[measure], 0) : point[measure];
  return (
    <figcaption class="readout">
      {MEASURES.map(([measure, words, tone]) => (
        <span key={measure} class="key">
          <svg
            class={`swatch ${tone} ${measure}`}
            viewBox="0 0 18 8"
            width="18"
            height="8"
            aria-hidden="true"
          >
            <path d="M1 4h16" />
          </svg>
          {words} <b>{wholeNumber(valueOf(measure))}</b>
        </span>
      ))}
      <span class="quiet readout-when">
        {point === undefined ? 'in the whole window' : exactTime(point.at)}
      </span>
    </figcaption>
  );
}

function Axis({ series }: { readonly series: readonly SeriesPoint[] }) {
  const first = series[0];
  const last = series.at(-1);
  if (first === undefined || last === undefined) return null;
  const span = Date.parse(last.at) - Date.parse(first.at);
  const marks = Array.from(
    { length: LABELS },
    (_, index) => series[Math.round((index * (series.length - 1)) / (LABELS - 1))],
  );
  return (
    <div class="axis" aria-hidden="true">
      {marks.map((mark, index) => (
        <span key={index}>{mark === undefined ? '' : axisTime(mark.at, span)}</span>
      ))}
    </div>
  );
}

function FiguresTable({ series }: { readonly series: readonly SeriesPoint[] }) {
  return (
    <details class="figures">
      <summary>Figures as a table</summary>
      <table class="table plain">
        <thead>
          <tr>
            <th scope="col">From</th>
            {MEASURES.map(([measure, words]) => (
              <th key={measure} scope="col" class="number">
                {words}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {series.map((point) => (
            <tr key={point.at}>
              <th scope="row">{exactTime(point.at)}</th>
              {MEASURES.map(([measure]) => (
                <td key={measure} class="number">
                  {wholeNumber(point[measure])}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
