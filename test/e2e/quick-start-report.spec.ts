import { describe, expect, it } from 'vitest';
import { formatMoney } from '../../sample/000-quick-start/app/money.js';
import type { ReportFigures } from '../../sample/000-quick-start/app/reports/report-figures.js';
import { reportPage } from '../../sample/000-quick-start/app/reports/report-page.js';

describe('the report', () => {
  const figures: ReportFigures = {
    takenAt: new Date('2026-11-22T12:00:00Z'),
    lastMinutes: 60,
    jobTypes: [
      {
        jobType: 'process_payment',
        completed: 10,
        dead: 1,
        open: 0,
        retries: 4,
        medianMs: 12.4,
        slowestMs: 2_345,
      },
      {
        jobType: 'send_email',
        completed: 1_200,
        dead: 0,
        open: 0,
        retries: 0,
        medianMs: null,
        slowestMs: null,
      },
    ],
    sales: [{ currency: 'JPY', orders: 3, paid: 2, paidAmount: 1_999, unpaidAmount: 5 }],
    pace: {
      startedAt: new Date('2026-11-22T11:59:00Z'),
      columnSeconds: 1,
      columns: [
        { column: 0, jobType: 'process_payment', jobs: 4 },
        { column: 0, jobType: 'send_email', jobs: 2 },
        { column: 2, jobType: 'send_email', jobs: 8 },
      ],
    },
    deadJobs: [
      {
        jobType: 'process_payment',
        orderNo: 'S-1',
        customer: '<script>alert("paid")</script> & \'Sons\'',
        attempts: 4,
        error: '<img src=x onerror=alert(1)>',
      },
    ],
  };

  it('shows names and errors as text, whatever they hold', () => {
    const page = reportPage('</title><script>alert(1)</script>', figures);

    expect(page).toContain('&lt;script&gt;alert(&quot;paid&quot;)&lt;/script&gt; &amp; &#39;Sons&#39;');
    expect(page).not.toMatch(/<script|<img/i);
    expect(page.match(/<title>.*<\/title>/)?.[0]).toBe(
      '<title>&lt;/title&gt;&lt;script&gt;alert(1)&lt;/script&gt;</title>',
    );
  });

  it('asks nobody else for anything', () => {
    const page = reportPage('Shop desk', { ...figures, deadJobs: [] });
    expect(page).not.toMatch(/https?:|url\(|@import|<link|\s(src|href)=/i);
    expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
  });

  it('draws a layer for each job type, as high as its jobs are many', () => {
    const page = reportPage('Shop desk', figures);
    const layers = [
      ...page.matchAll(/<rect\s+class="(colour-\d)"[^>]*height="([\d.]+)"\s*>\s*<title>([^<]+)/g),
    ];

    expect(layers.map(([, colour, , label]) => [colour, label])).toEqual([
      ['colour-0', 'process_payment: 4 in 0–1 s'],
      ['colour-1', 'send_email: 2 in 0–1 s'],
      ['colour-1', 'send_email: 8 in 2–3 s'],
    ]);
    const [four, two, eight] = layers.map(([, , height]) => Number(height));
    expect(four).toBeCloseTo(2 * (two ?? 0), 0);
    expect(eight).toBeCloseTo(4 * (two ?? 0), 0);
  });

  it('writes figures as people read them', () => {
    const page = reportPage('Shop desk', figures);
    for (const text of ['1,200', '12 ms', '2.3 s', '¥1,999', '2026-11-22 12:00:00 UTC'])
      expect(page).toContain(text);
    expect(formatMoney(1_999, 'EUR')).toBe('€19.99');
  });

  it('is a whole page even when nothing has happened yet', () => {
    const nothing = { startedAt: null, columnSeconds: 1, columns: [] };
    const page = reportPage('Shop desk', {
      ...figures,
      jobTypes: [],
      sales: [],
      pace: nothing,
      deadJobs: [],
    });

    expect(page).toContain('No job has ended yet.');
    expect(page).toContain('None: every job came to a good end.');
    expect(page).not.toMatch(/NaN|Infinity|undefined|null/);
  });
});
