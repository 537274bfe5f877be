import type { JobDetail } from '../../contract.js';
import { Link } from './link.js';
import { ShortId } from './ident.js';
import { StatusBadge } from './status-badge.js';

/** Which job it came from, and which came from it. */
export function JobLineage({ job }: { readonly job: JobDetail }) {
  if (job.parentId === null && job.children.length === 0) return null;
  return (
    <section class="panel" aria-labelledby="lineage">
      <div class="panel-header">
        <h2 id="lineage">Lineage</h2>
      </div>
      <ul class="lineage">
        {job.parentId !== null && (
          <li>
            <span class="quiet">from</span>
            <Link to={`/jobs/${encodeURIComponent(job.parentId)}`}>
              <ShortId id={job.parentId} />
            </Link>
          </li>
        )}
        {job.children.map((child) => (
          <li key={child.id}>
            <span class="quiet">led to</span>
            <Link to={`/jobs/${encodeURIComponent(child.id)}`}>{child.type}</Link>
            <StatusBadge status={child.status} />
          </li>
        ))}
      </ul>
    </section>
  );
}
