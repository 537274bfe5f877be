import type { JobRow } from '../../contract.js';
import { JOB_COLUMNS } from './job-columns.js';
import { Link } from './link.js';
import { StatusBadge } from './status-badge.js';

interface Props {
  readonly jobs: readonly JobRow[];
  readonly columns: readonly string[];
  /** Without it, rows cannot be selected. */
  readonly selection?: {
    readonly ids: ReadonlySet<string>;
    readonly onChange: (ids: ReadonlySet<string>) => void;
  };
  readonly label: string;
}

export function JobTable({ jobs, columns, selection, label }: Props) {
  const shown = JOB_COLUMNS.filter(({ name }) => columns.includes(name));
  const isAll = jobs.length > 0 && jobs.every(({ id }) => selection?.ids.has(id));
  return (
    <table class="table jobs fold" aria-label={label}>
      <thead>
        <tr>
          {selection !== undefined && (
            <th scope="col" class="select-cell">
              <input
                type="checkbox"
                aria-label="Select every job of this page"
                checked={isAll}
                onChange={() => selection.onChange(isAll ? new Set() : new Set(jobs.map(({ id }) => id)))}
              />
            </th>
          )}
          <th scope="col">Status</th>
          <th scope="col">Type</th>
          {shown.map(({ name, words, isNumber }) => (
            <th key={name} scope="col" class={isNumber === true ? `number col-${name}` : `col-${name}`}>
              {words}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {jobs.map((job) => (
          <tr
            key={job.id}
            data-row={job.id}
            class={selection?.ids.has(job.id) === true ? 'selected' : undefined}
          >
            {selection !== undefined && (
              <td class="select-cell">
                <input
                  type="checkbox"
                  data-select
                  aria-label={`Select ${job.type} ${job.id}`}
                  checked={selection.ids.has(job.id)}
                  onChange={() => selection.onChange(toggled(selection.ids, job.id))}
                />
              </td>
            )}
            <td class="status-cell">
              <StatusBadge status={job.status} />
            </td>
            <td class="type-cell">
              <Link to={`/jobs/${encodeURIComponent(job.id)}`} data-open class="strong">
                {job.type}
              </Link>
            </td>
            {shown.map(({ name, words, isNumber, show }) => (
              <td
                key={name}
                class={isNumber === true ? `number col-${name}` : `col-${name}`}
                data-label={words}
              >
                {show(job)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function toggled(ids: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const next = new Set(ids);
  if (!next.delete(id)) next.add(id);
  return next;
}
