import type { QueueRow } from '../../contract.js';
import { api } from '../api/endpoints.js';
import { useMay } from '../api/config-context.js';
import { searchOf } from '../address/search-fields.js';
import { quoted } from '../query/terms.js';
import { wholeNumber } from '../words/numbers.js';
import { Link } from './link.js';
import { NumberCell, NumberHead } from './number-column.js';
import { SpanText } from './span-text.js';
import { useAction } from './use-action.js';

/** The types of a queue; each can be paused for itself. */
export function QueueTypes({ queue }: { readonly queue: QueueRow }) {
  if (queue.types.length === 0) return null;
  return (
    <details class="queue-types">
      <summary>
        By type {queue.pausedTypes.length > 0 && <span class="mark">{queue.pausedTypes.length} paused</span>}
      </summary>
      <table class="table fold" aria-label={`Types of ${queue.name}`}>
        <thead>
          <tr>
            <th scope="col">Type</th>
            <NumberHead>Pending</NumberHead>
            <NumberHead>Running</NumberHead>
            <NumberHead>Done</NumberHead>
            <NumberHead>Failed</NumberHead>
            <NumberHead>Wait p95</NumberHead>
            <NumberHead>Run p95</NumberHead>
            <th scope="col">
              <span class="unseen">Pause</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {queue.types.map((row) => (
            <tr key={row.name}>
              <th scope="row">
                <Link
                  to={`/jobs${searchOf({ query: `queue:${quoted(queue.name)} type:${quoted(row.name)}` })}`}
                >
                  {row.name}
                </Link>
              </th>
              <NumberCell label="Pending">{wholeNumber(row.pending)}</NumberCell>
              <NumberCell label="Running">{wholeNumber(row.running)}</NumberCell>
              <NumberCell label="Done">{wholeNumber(row.completed)}</NumberCell>
              <NumberCell label="Failed">{wholeNumber(row.failed)}</NumberCell>
              <NumberCell label="Wait p95">
                <SpanText ms={row.waitP95Ms} />
              </NumberCell>
              <NumberCell label="Run p95">
                <SpanText ms={row.runP95Ms} />
              </NumberCell>
              <td class="actions-cell">
                <TypePause queue={queue} type={row.name} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}

function TypePause({ queue, type }: { readonly queue: QueueRow; readonly type: string }) {
  const { isBusy, run } = useAction();
  if (!useMay('pause')) return null;
  const isPaused = queue.pausedTypes.includes(type);
  const turn = (): Promise<boolean> =>
    isPaused
      ? run(() => api.resume(queue.name, { types: [type] }), `${type} goes on in ${queue.name}.`)
      : run(() => api.pause(queue.name, { types: [type] }), `${type} is paused in ${queue.name}.`);
  return (
    <button
      type="button"
      class={isPaused ? 'button primary' : 'button'}
      disabled={isBusy}
      aria-label={`${isPaused ? 'Resume' : 'Pause'} ${type}`}
      onClick={turn}
    >
      {isPaused ? 'Resume' : 'Pause'}
    </button>
  );
}
