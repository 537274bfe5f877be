import type { JobSelection } from '../../admin/job-query.js';
import type { JobStatus } from '../../core/job-status.js';
import { badParameter } from '../refusal.js';

/** Which jobs, from words such as `type:send_email status:dead,failed queue:mail tag:vip`. */
export function selectionOf(query: string | undefined): JobSelection {
  const selection: JobSelection = {};
  for (const word of (query ?? '').split(/\s+/).filter((one) => one !== '')) narrow(selection, word);
  return selection;
}

function narrow(selection: JobSelection, word: string): void {
  const [, key = '', text = ''] = /^(\w+):(.+)$/.exec(word) ?? [];
  const values = text.split(',');
  if (key === 'status') selection.status = values as JobStatus[];
  else if (key === 'type') selection.type = values;
  else if (key === 'queue') selection.queue = values;
  else if (key === 'tag') selection.tags = values;
  else throw badParameter(`query has the word "${word.slice(0, 80)}"; give status:, type:, queue: or tag:`);
}
