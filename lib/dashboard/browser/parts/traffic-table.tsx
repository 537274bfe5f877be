import type { TrafficRow } from '../../contract.js';
import { searchOf } from '../address/search-fields.js';
import { quoted } from '../query/terms.js';
import { wholeNumber } from '../words/numbers.js';
import { Empty } from './empty.js';
import { Link } from './link.js';
import { NumberCell, NumberHead } from './number-column.js';
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
              <NumberHead>Pending</NumberHead>
              <NumberHead>Done</NumberHead>
              <NumberHead>Failed</NumberHead>
              <NumberHead title="Half of the jobs waited at most so long / 95 of 100 did">
                Wait <span class="unit">p50 / p95</span>
              </NumberHead>
              <NumberHead title="Half of the runs took at most so long / 95 of 100 did">
                Run <span class="unit">p50 / p95</span>
              </NumberHead>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.name}>
                <th scope="row">
                  <Link to={`/jobs${searchOf({ query: `${field}:${quoted(row.name)}` })}`}>{row.name}</Link>
                </th>
                <NumberCell label="Pending">
                  <Count value={row.pending} />
                </NumberCell>
                <NumberCell label="Done">
                  <Count value={row.completed} />
                </NumberCell>
                <NumberCell label="Failed">
                  <Count value={row.failed} isBad />
                </NumberCell>
                <NumberCell label="Wait p50 / p95">
                  <SpanText ms={row.waitP50Ms} /> <span class="quiet">/</span> <SpanText ms={row.waitP95Ms} />
                </NumberCell>
                <NumberCell label="Run p50 / p95">
                  <SpanText ms={row.runP50Ms} /> <span class="quiet">/</span> <SpanText ms={row.runP95Ms} />
                </NumberCell>
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
