import type { JobSummary } from '../../core/job-summary.js';
import { statusColour } from './status-colour.js';
import { tableOf, type Column, type TablePlace } from './table.js';
import { timeText, type TimeStyle } from './times.js';

/** Jobs for people. */
export function jobTable(jobs: readonly JobSummary[], times: TimeStyle, place: TablePlace): string {
  return tableOf(columnsOf(times), jobs, place);
}

function columnsOf(times: TimeStyle): Column<JobSummary>[] {
  return [
    { title: 'ID', text: ({ id }) => id },
    {
      title: 'STATUS',
      text: ({ status }) => status,
      colour: ({ status }, paint) => statusColour(status, paint),
    },
    { title: 'TYPE', text: ({ type }) => type },
    { title: 'QUEUE', text: ({ queue }) => queue },
    {
      title: 'TRY',
      text: ({ retryCount, maxRetries }) => `${retryCount + 1}/${maxRetries + 1}`,
      align: 'right',
    },
    { title: 'CREATED', text: ({ createdAt }) => timeText(createdAt, times), align: 'right' },
    { title: 'NOTE', text: (job) => noteOf(job, times), takesTheRest: true },
  ];
}

/** What matters most about a job in its status. */
function noteOf(job: JobSummary, times: TimeStyle): string {
  const { status, errorMessage, scheduledAt, progress, lockedAt } = job;
  if (status === 'running') {
    const how = progress === null ? '' : `${progress.percent} % ${progress.note ?? ''}`.trim();
    return [`since ${timeText(lockedAt, times)}`, how].filter(Boolean).join(', ');
  }
  if (status === 'scheduled') return timeText(scheduledAt, times);
  if (status === 'failed') return `${timeText(scheduledAt, times)}: ${errorMessage ?? ''}`;
  return errorMessage ?? '';
}
