import type { JobStatus } from '../../../core/job-status.js';
import { STATUS_MEANINGS } from '../words/status-words.js';
import { StatusShape } from './icons.js';

export function StatusBadge({ status }: { readonly status: JobStatus }) {
  return (
    <span class={`badge tone-${status}`} title={STATUS_MEANINGS[status]}>
      <StatusShape status={status} />
      {status}
    </span>
  );
}
