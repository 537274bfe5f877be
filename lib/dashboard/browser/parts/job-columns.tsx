import type { ComponentChildren } from 'preact';
import type { JobRow } from '../../contract.js';
import { readChoice, writeChoice } from '../effects/stored-choice.js';
import { byteSize } from '../words/numbers.js';
import { ShortId } from './ident.js';
import { TimeText } from './time-text.js';

export interface JobColumn {
  readonly name: string;
  readonly words: string;
  readonly isNumber?: boolean;
  readonly show: (job: JobRow) => ComponentChildren;
}

/** What a list of jobs can show beside status and type, which are always there. */
export const JOB_COLUMNS: readonly JobColumn[] = [
  { name: 'id', words: 'Id', show: ({ id }) => <ShortId id={id} /> },
  { name: 'queue', words: 'Queue', show: ({ queue }) => queue },
  {
    name: 'attempts',
    words: 'Attempts',
    isNumber: true,
    show: ({ retryCount, maxRetries, run }) => (
      <span title={`${retryCount} of ${maxRetries} retries used; run ${run}`}>
        {retryCount} / {maxRetries}
      </span>
    ),
  },
  { name: 'happened', words: 'What happened', show: (job) => <Happened job={job} /> },
  { name: 'priority', words: 'Priority', isNumber: true, show: ({ priority }) => priority },
  {
    name: 'tags',
    words: 'Tags',
    show: ({ tags }) => tags.map((tag) => <span class="tag">{tag}</span>),
  },
  { name: 'size', words: 'Payload', isNumber: true, show: ({ payloadSize }) => byteSize(payloadSize) },
  { name: 'due', words: 'Due', show: ({ scheduledAt }) => <TimeText at={scheduledAt} /> },
  { name: 'updated', words: 'Updated', show: ({ updatedAt }) => <TimeText at={updatedAt} /> },
  { name: 'finished', words: 'Finished', show: ({ completedAt }) => <TimeText at={completedAt} /> },
  { name: 'created', words: 'Created', show: ({ createdAt }) => <TimeText at={createdAt} /> },
];

const USUAL = ['id', 'queue', 'attempts', 'happened', 'created'];

export function chosenColumns(): readonly string[] {
  const kept = readChoice('columns');
  return kept === null
    ? USUAL
    : kept.split(',').filter((name) => JOB_COLUMNS.some((each) => each.name === name));
}

export function keepColumns(names: readonly string[]): void {
  writeChoice('columns', names.join());
}

function Happened({ job }: { readonly job: JobRow }) {
  if (job.status === 'running' && job.progress !== null) {
    return (
      <span>
        {job.progress.percent} % {job.progress.note ?? ''}
      </span>
    );
  }
  if (job.status === 'scheduled') {
    return (
      <span class="quiet">
        due <TimeText at={job.scheduledAt} />
      </span>
    );
  }
  if (job.errorMessage === null) return null;
  return (
    <span class="clip" title={job.errorMessage}>
      {job.errorMessage}
    </span>
  );
}
