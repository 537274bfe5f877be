import type { OverviewData } from '../../contract.js';
import { STATUSES_BY_CARE } from '../words/status-words.js';
import { about, wholeNumber } from '../words/numbers.js';
import { StatusShape } from './icons.js';
import { Link } from './link.js';

export function StatusCounts({ counts, estimated }: Pick<OverviewData, 'counts' | 'estimated'>) {
  return (
    <ul class="status-counts" aria-label="Jobs by status">
      {STATUSES_BY_CARE.map((status) => (
        <li key={status}>
          <Link to={`/jobs?query=status:${status}`} class={counts[status] === 0 ? 'none' : undefined}>
            <span class="count-label">
              <StatusShape status={status} />
              {status}
            </span>
            <span class="count">
              {estimated.includes(status) ? about(counts[status]) : wholeNumber(counts[status])}
            </span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
