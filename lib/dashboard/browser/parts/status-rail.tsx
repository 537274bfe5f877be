import type { JobCountsData } from '../../contract.js';
import type { JobStatus } from '../../../core/job-status.js';
import { STATUSES_BY_CARE } from '../words/status-words.js';
import { about, countUpTo, wholeNumber } from '../words/numbers.js';
import { StatusShape } from './icons.js';

interface Props {
  readonly counted: JobCountsData | undefined;
  readonly chosen: string | undefined;
  readonly onChoose: (status: JobStatus | undefined) => void;
}

/** How many jobs of the query stand where; a click narrows the query to one status, another widens it again. */
export function StatusRail({ counted, chosen, onChoose }: Props) {
  return (
    <div class="status-rail" role="group" aria-label="Status">
      <button type="button" aria-pressed={chosen === undefined} onClick={() => onChoose(undefined)}>
        <span>All</span>
        <span class="count">{counted === undefined ? '' : total(counted)}</span>
      </button>
      {STATUSES_BY_CARE.map((status) => (
        <button
          key={status}
          type="button"
          aria-pressed={chosen === status}
          onClick={() => onChoose(chosen === status ? undefined : status)}
        >
          <span class="count-label">
            <StatusShape status={status} />
            {status}
          </span>
          <span class="count">{counted === undefined ? '' : countOf(counted, status)}</span>
        </button>
      ))}
    </div>
  );
}

function countOf(counted: JobCountsData, status: JobStatus): string {
  const { counts, cappedAt, countedSince, estimated } = counted;
  if (estimated.includes(status)) return about(counts[status]);
  // Where time ran out there may be more of everything.
  return countUpTo(counts[status], countedSince === null ? cappedAt : counts[status]);
}

function total({ counts, cappedAt, countedSince, estimated }: JobCountsData): string {
  const values = Object.values(counts);
  const sum = values.reduce((all, each) => all + each, 0);
  if (estimated.length > 0) return about(sum);
  return countedSince !== null || values.some((value) => value >= cappedAt)
    ? `${wholeNumber(sum)}+`
    : wholeNumber(sum);
}
