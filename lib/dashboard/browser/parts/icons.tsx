import type { JobStatus } from '../../../core/job-status.js';

/** A shape for each status: colour alone tells some people nothing. */
const SHAPES: Readonly<Record<JobStatus, string>> = {
  scheduled: 'M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11ZM8 5v3l2 1.5',
  pending: 'M8 3a5 5 0 1 0 0 10A5 5 0 0 0 8 3Z',
  running: 'M5.5 3.5v9l7-4.5Z',
  failed: 'M8 2.8 14 13H2ZM8 6.8v2.8M8 11.2v.3',
  completed: 'M3 8.5 6.5 12 13 4.5',
  dead: 'M4 4l8 8M12 4l-8 8',
  cancelled: 'M8 3a5 5 0 1 0 0 10A5 5 0 0 0 8 3ZM4.5 4.5l7 7',
};

export function StatusShape({ status }: { readonly status: JobStatus }) {
  return (
    <svg class={`shape tone-${status}`} viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">
      <path d={SHAPES[status]} class={status === 'running' ? 'solid' : undefined} />
    </svg>
  );
}

const ICONS = {
  overview: 'M3 13V8M8 13V3M13 13V6',
  jobs: 'M3 4h10M3 8h10M3 12h10',
  errors: 'M8 2.8 14 13H2ZM8 6.8v2.8M8 11.2v.3',
  queues: 'M2.5 3.5h11v3h-11ZM2.5 9.5h11v3h-11Z',
  schedules: 'M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11ZM8 5v3l2 1.5',
  workers: 'M3 3h10v7H3ZM6 13.5h4M8 10v3.5',
  audit: 'M4 2.5h8v11H4ZM6.3 6h3.4M6.3 8.5h3.4',
  settings:
    'M2.5 5h6M11.5 5h2M2.5 11h2M7.5 11h6M10 3.5a1.5 1.5 0 1 0 0 3 1.5 1.5 0 0 0 0-3ZM6 9.5a1.5 1.5 0 1 0 0 3 1.5 1.5 0 0 0 0-3Z',
  search: 'M7 3a4 4 0 1 0 0 8 4 4 0 0 0 0-8ZM10 10l3.5 3.5',
  copy: 'M6 6h7v7H6ZM10 3.5H3V10',
  close: 'M4 4l8 8M12 4l-8 8',
  down: 'M4 6l4 4 4-4',
  menu: 'M2.5 4.5h11M2.5 8h11M2.5 11.5h11',
  link: 'M6 4H3.5v8.5H12V10M9 3h4v4M13 3 7.5 8.5',
} as const;

export type IconName = keyof typeof ICONS;

export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      <path d={ICONS[name]} />
    </svg>
  );
}
