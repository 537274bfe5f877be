import { formatMoney } from '../money.js';
import { Html, html } from './html.js';
import { colourOf, paceChart } from './pace-chart.js';
import type { DeadJob, JobTypeFigures, ReportFigures, SalesFigures } from './report-figures.js';
import { REPORT_STYLE } from './report-style.js';

/** The whole report as one file: no script, no picture, no font from elsewhere. */
export function reportPage(title: string, figures: ReportFigures): string {
  const jobTypes = figures.jobTypes.map((entry) => entry.jobType);
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'" />
        <title>${title}</title>
        <style>
          ${REPORT_STYLE}
        </style>
      </head>
      <body>
        <main>
          <header>
            <h1 dir="auto">${title}</h1>
            <p>
              The last ${figures.lastMinutes} minutes, read from the ledger with SQL on
              <time datetime="${figures.takenAt.toISOString()}">${readable(figures.takenAt)}</time>.
            </p>
          </header>
          ${tiles(figures)}
          <section>
            <h2>Jobs that ended, per second</h2>
            ${legend(jobTypes)} ${paceChart(figures.pace, jobTypes)}
          </section>
          <section>
            <h2>Jobs by type</h2>
            ${jobTypeTable(figures.jobTypes)}
          </section>
          <section>
            <h2>Sales by currency</h2>
            ${salesTable(figures.sales)}
          </section>
          <section>
            <h2>Dead jobs</h2>
            ${deadJobTable(figures.deadJobs)}
          </section>
        </main>
      </body>
    </html> `.toString();
}

function tiles({ jobTypes, sales }: ReportFigures): Html {
  const jobs = (field: 'completed' | 'dead' | 'open' | 'retries') =>
    sum(jobTypes.map((entry) => entry[field]));
  const orders = sum(sales.map((entry) => entry.orders));
  const paid = sum(sales.map((entry) => entry.paid));
  return html`<ul class="tiles">
    ${tile('Jobs completed', jobs('completed'))} ${tile('Retries on the way', jobs('retries'))}
    ${tile('Jobs dead', jobs('dead'), jobs('dead') > 0 ? 'bad' : '')} ${tile('Still open', jobs('open'))}
    ${tile('Orders paid', paid, '', `of ${count(orders)}`)}
  </ul>`;
}

function tile(label: string, value: number, mark = '', beside = ''): Html {
  return html`<li class="${mark}">
    <span>${label}</span><strong>${count(value)}</strong> <small>${beside}</small>
  </li>`;
}

function legend(jobTypes: readonly string[]): Html {
  return html`<p class="legend">
    ${jobTypes.map((jobType) => html`<span>${swatch(jobType, jobTypes)}${jobType}</span>`)}
  </p>`;
}

function swatch(jobType: string, jobTypes: readonly string[]): Html {
  return html`<svg class="swatch" viewBox="0 0 10 10" aria-hidden="true">
    <rect class="${colourOf(jobType, jobTypes)}" width="10" height="10" rx="2" />
  </svg>`;
}

function jobTypeTable(entries: readonly JobTypeFigures[]): Html {
  const jobTypes = entries.map((entry) => entry.jobType);
  const rows = entries.map(
    (entry) =>
      html`<tr>
        <th scope="row">${swatch(entry.jobType, jobTypes)}${entry.jobType}</th>
        <td>${count(entry.completed)}</td>
        <td class="${entry.dead > 0 ? 'bad' : ''}">${count(entry.dead)}</td>
        <td>${count(entry.open)}</td>
        <td>${count(entry.retries)}</td>
        <td>${duration(entry.medianMs)}</td>
        <td>${duration(entry.slowestMs)}</td>
      </tr>`,
  );
  const heads = [
    textHead('Job type'),
    ...['Completed', 'Dead', 'Open', 'Retries', 'Enqueue to end, median', 'Slowest'].map(numberHead),
  ];
  return table(heads, rows, 'No job was enqueued in this time.');
}

function salesTable(entries: readonly SalesFigures[]): Html {
  const rows = entries.map(
    (entry) =>
      html`<tr>
        <th scope="row">${entry.currency}</th>
        <td>${count(entry.orders)}</td>
        <td>${count(entry.paid)}</td>
        <td>${formatMoney(entry.paidAmount, entry.currency)}</td>
        <td>${formatMoney(entry.unpaidAmount, entry.currency)}</td>
      </tr>`,
  );
  const heads = [textHead('Currency'), ...['Orders', 'Paid', 'Received', 'Unpaid'].map(numberHead)];
  return table(heads, rows, 'No order was placed in this time.');
}

// Names come in every script, some run from right to left: dir="auto" keeps each inside its own cell.
function deadJobTable(entries: readonly DeadJob[]): Html {
  const rows = entries.map(
    (entry) =>
      html`<tr>
        <th scope="row">${entry.orderNo ?? '–'}</th>
        <td class="text clipped" dir="auto" title="${entry.customer ?? ''}">${entry.customer ?? '–'}</td>
        <td class="text">${entry.jobType}</td>
        <td>${entry.attempts}</td>
        <td class="text error" dir="auto">${entry.error}</td>
      </tr>`,
  );
  const heads = [
    ...['Order', 'Customer', 'Job type'].map(textHead),
    numberHead('Attempts'),
    textHead('Last error'),
  ];
  return table(heads, rows, 'None: every job came to a good end.');
}

function textHead(label: string): Html {
  return html`<th scope="col" class="text">${label}</th>`;
}

function numberHead(label: string): Html {
  return html`<th scope="col">${label}</th>`;
}

function table(heads: readonly Html[], rows: readonly Html[], emptyText: string): Html {
  if (rows.length === 0) return html`<p class="none">${emptyText}</p>`;
  return html`<div class="scroll">
    <table>
      <thead>
        <tr>
          ${heads}
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>`;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function count(value: number): string {
  return value.toLocaleString('en');
}

function duration(milliseconds: number | null): string {
  if (milliseconds === null) return '–';
  return milliseconds < 1_000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1_000).toFixed(1)} s`;
}

function readable(instant: Date): string {
  return `${instant.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
