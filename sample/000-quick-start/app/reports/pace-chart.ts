import { Html, html } from './html.js';
import type { Pace } from './report-figures.js';

const WIDTH = 900;
const HEIGHT = 260;
const LEFT = 44;
const RIGHT = 8;
const TOP = 12;
const BOTTOM = 28;
const PLOT_WIDTH = WIDTH - LEFT - RIGHT;
const PLOT_HEIGHT = HEIGHT - TOP - BOTTOM;
const WIDEST_BAR = 28;
const GAP = 2;
/** As many colours as the page's style sheet has. */
const COLOURS = 6;

/** The style class of a job type: the same colour in the chart, in its legend and in the table. */
export function colourOf(jobType: string, jobTypes: readonly string[]): string {
  return `colour-${Math.max(0, jobTypes.indexOf(jobType)) % COLOURS}`;
}

/** How many jobs ended per second, as stacked columns: one layer for each job type. */
export function paceChart(pace: Pace, jobTypes: readonly string[]): Html {
  if (pace.columns.length === 0) return html`<p class="none">No job has ended yet.</p>`;
  const columns = stackColumns(pace, jobTypes);
  const top = roundUp(Math.max(...columns.map((column) => column.total)) / pace.columnSeconds);
  const scale = PLOT_HEIGHT / (top * pace.columnSeconds);
  return html`<svg
    viewBox="0 0 ${WIDTH} ${HEIGHT}"
    role="img"
    aria-label="Jobs that ended per second, by job type"
  >
    ${gridLines(top)} ${columns.map((column, index) => drawColumn(column, index, columns.length, scale))}
    ${axis()} ${timeLabels(columns.length, pace.columnSeconds)}
  </svg>`;
}

interface Layer {
  colour: string;
  label: string;
  from: number;
  jobs: number;
}

interface Column {
  total: number;
  layers: readonly Layer[];
}

function stackColumns(pace: Pace, jobTypes: readonly string[]): Column[] {
  const length = Math.max(...pace.columns.map((entry) => entry.column)) + 1;
  return Array.from({ length }, (_, index) => {
    const second = index * pace.columnSeconds;
    let total = 0;
    const layers = jobTypes.flatMap((jobType): Layer[] => {
      const jobs =
        pace.columns.find((entry) => entry.column === index && entry.jobType === jobType)?.jobs ?? 0;
      if (jobs === 0) return [];
      const label = `${jobType}: ${jobs} in ${second}–${second + pace.columnSeconds} s`;
      const layer = { colour: colourOf(jobType, jobTypes), label, from: total, jobs };
      total += jobs;
      return [layer];
    });
    return { total, layers };
  });
}

function drawColumn(column: Column, index: number, count: number, scale: number): readonly Html[] {
  const step = PLOT_WIDTH / count;
  const width = Math.min(WIDEST_BAR, Math.max(1, step - GAP));
  const x = LEFT + index * step + (step - width) / 2;
  return column.layers.map((layer) => {
    const height = layer.jobs * scale;
    const y = TOP + PLOT_HEIGHT - layer.from * scale - height;
    return html`<rect
      class="${layer.colour}"
      x="${round(x)}"
      y="${round(y)}"
      width="${round(width)}"
      height="${round(Math.max(height, 2))}"
      ><title>${layer.label}</title></rect
    >`;
  });
}

function gridLines(top: number): readonly Html[] {
  return [0, 0.25, 0.5, 0.75, 1].map((share) => {
    const y = round(TOP + PLOT_HEIGHT * (1 - share));
    return html`<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y}" y2="${y}" />
      <text class="tick" x="${LEFT - 8}" y="${y}" dy="0.32em" text-anchor="end">${round(top * share)}</text>`;
  });
}

/** Drawn last, so that no column covers it. */
function axis(): Html {
  const y = TOP + PLOT_HEIGHT;
  return html`<line class="axis" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y}" y2="${y}" />`;
}

function timeLabels(count: number, columnSeconds: number): readonly Html[] {
  const every = Math.ceil(count / 10);
  return Array.from({ length: Math.ceil(count / every) }, (_, label) => {
    const x = round(LEFT + ((label * every + 0.5) * PLOT_WIDTH) / count);
    const text = `${label * every * columnSeconds} s`;
    return html`<text class="tick" x="${x}" y="${HEIGHT - 8}" text-anchor="middle">${text}</text>`;
  });
}

/** The next number that falls into four even steps of round figures. */
function roundUp(value: number): number {
  const magnitude = 10 ** Math.floor(Math.log10(Math.max(value, 1)));
  const step =
    [1, 1.2, 1.6, 2, 2.4, 3.2, 4, 6, 8, 10].find((candidate) => candidate * magnitude >= value) ?? 10;
  return Math.max(4, step * magnitude);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
