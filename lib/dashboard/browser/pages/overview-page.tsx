import { api } from '../api/endpoints.js';
import { useReading } from '../api/use-reading.js';
import { TrafficChart } from '../charts/traffic-chart.js';
import type { OverviewData } from '../../contract.js';
import { KeyFigure } from '../parts/key-figure.js';
import { PageHeader } from '../parts/page-header.js';
import { Problems } from '../parts/problems.js';
import { ReadingView } from '../parts/reading-view.js';
import { StatusCounts } from '../parts/status-counts.js';
import { TrafficTable } from '../parts/traffic-table.js';
import { useTrafficWindow, WINDOW_SPANS_MS } from '../parts/traffic-window.js';
import { ageSpan } from '../time/relative-time.js';
import { percentage, perMinute } from '../words/numbers.js';

export function OverviewPage() {
  const { window, choice } = useTrafficWindow('1h');
  const reading = useReading(`overview ${window}`, (signal) => api.overview(window, signal), [
    'jobs',
    'queues',
    'workers',
  ]);
  return (
    <>
      <PageHeader title="Overview">{choice}</PageHeader>
      <ReadingView reading={reading}>{(data) => <Overview data={data} />}</ReadingView>
    </>
  );
}

function Overview({ data }: { readonly data: OverviewData }) {
  const spanMs = WINDOW_SPANS_MS[data.window];
  const sum = (measure: 'enqueued' | 'completed'): number =>
    data.series.reduce((total, point) => total + point[measure], 0);
  return (
    <>
      <Problems problems={data.problems} />
      <StatusCounts counts={data.counts} estimated={data.estimated} />
      <section class="panel" aria-labelledby="traffic">
        <div class="panel-header">
          <h2 id="traffic">In and out</h2>
          <dl class="key-figures">
            <KeyFigure label="In" value={perMinute(sum('enqueued'), spanMs)} unit="/ min" />
            <KeyFigure label="Out" value={perMinute(sum('completed'), spanMs)} unit="/ min" />
            <KeyFigure
              label="Oldest pending"
              value={data.oldestPendingMs === null ? 'none' : ageSpan(data.oldestPendingMs)}
            />
            <KeyFigure
              label="Error rate"
              value={data.errorRate === null ? 'no runs' : percentage(data.errorRate)}
            />
          </dl>
        </div>
        <TrafficChart series={data.series} />
      </section>
      <div class="side-by-side">
        <TrafficTable title="By queue" field="queue" rows={data.byQueue} />
        <TrafficTable title="By type" field="type" rows={data.byType} />
      </div>
    </>
  );
}
