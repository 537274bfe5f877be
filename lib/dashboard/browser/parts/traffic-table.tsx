import type { TrafficRow } from '../../contract.js';
import { searchOf } from '../address/search-fields.js';
import { quoted } from '../query/terms.js';
import { wholeNumber } from '../words/numbers.js';
import { Empty } from './empty.js';
import { Link } from './link.js';
import { SpanText } from './span-text.js';

interface Props {
  readonly title: string;
  readonly field: 'queue' | 'type';
  readonly rows: readonly TrafficRow[];
}

/** What went through each queue or type, and how long it waited and ran. */
export function TrafficTable({ title, field, rows }: Props) {
  return (
    <section class="panel" aria-label={title}>
      <div class="panel-header">
        <h2>{title}</h2>
      </div>
      {rows.length === 0 ? (
        <Empty title="No traffic in this window." />
      ) : (
        <table class="table fold">
          <thead>
            <tr>
              <th scope="col">{field === 'queue' ? 'Queue' : 'Type'}</th>
              <th scope="col" class="number">
                Pending
              </th>
              <th scope="col" class="number">
                Done
              </th>
              <th scope="col" class="number">
                Failed
              </th>
              <th scope="col" class="number" title="Half of the jobs waited at most so long / 95 of 100 did">
                Wait <span class="unit">p50 / p95</span>
              </th>
              <th scope="col" class="number" title="Half of the runs took at most so long / 95 of 100 did">
                Run <span class="unit">p50 / p95</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.name}>
                <th scope="row">
                  <Link to={`/jobs${searchOf({ query: `${field}:${quoted(row.name)}` })}`}>{row.name}</Link>
                </th>
                <td class="number" data-label="Pending">
                  <Count value={row.pending} />
                </td>
                <td class="number" data-label="Done">
                  <Count value={row.completed} />
                </td>
                <td class="number" data-label="Failed">
                  <Count value={row.failed} isBad />
                </td>
                <td class="number" data-label="Wait p50 / p95">
                  <SpanText ms={row.waitP50Ms} /> <span class="quiet">/</span> <SpanText ms={row.waitP95Ms} />
                </td>
                <td class="number" data-label="Run p50 / p95">
                  <SpanText ms={row.runP50Ms} /> <span class="quiet">/</span> <SpanText ms={row.runP95Ms} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function Count({ value, isBad }: { readonly value: number; readonly isBad?: boolean }) {
  if (value === 0) return <span class="quiet">0</span>;
  return <span class={isBad === true ? 'bad' : undefined}>{wholeNumber(value)}</span>;
}
