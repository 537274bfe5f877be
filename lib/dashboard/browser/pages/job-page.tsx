import { api } from '../api/endpoints.js';
import { useReading } from '../api/use-reading.js';
import type { JobDetail } from '../../contract.js';
import { CopyButton } from '../parts/copy-button.js';
import { JobActions } from '../parts/job-actions.js';
import { JobFacts } from '../parts/job-facts.js';
import { JobLineage } from '../parts/job-lineage.js';
import { JobTimeline } from '../parts/job-timeline.js';
import { Link } from '../parts/link.js';
import { ReadingView } from '../parts/reading-view.js';
import { StatusBadge } from '../parts/status-badge.js';
import { StoredJson } from '../parts/stored-json.js';
import { Explanation } from '../parts/explanation.js';

export function JobPage({ id }: { readonly id: string }) {
  const reading = useReading(`job ${id}`, (signal) => api.job(id, signal), ['jobs', 'queues', 'workers']);
  return (
    <>
      <p class="crumb">
        <Link to="/jobs">Jobs</Link>
      </p>
      {reading.data === undefined && <h1>Job</h1>}
      <ReadingView reading={reading}>{(job) => <Job job={job} />}</ReadingView>
    </>
  );
}

function Job({ job }: { readonly job: JobDetail }) {
  return (
    <>
      <header class="page-header">
        <div>
          <h1 class="job-title">
            {job.type} <StatusBadge status={job.status} />
          </h1>
          <p class="lead">
            <code>{job.id}</code>
            <CopyButton text={job.id} what="the id" />
          </p>
        </div>
        <div class="page-actions">
          <JobActions job={job} />
        </div>
      </header>
      <Explanation job={job} />
      <div class="job-columns">
        <div>
          <section class="panel" aria-labelledby="timeline">
            <div class="panel-header">
              <h2 id="timeline">Timeline</h2>
            </div>
            <JobTimeline job={job} />
          </section>
          <StoredJson
            title="Payload"
            stamp={`${job.id} ${job.updatedAt}`}
            size={job.payloadSize}
            load={() => api.payload(job.id)}
          />
          {job.hasResult && (
            <StoredJson title="Result" stamp={`${job.id} ${job.updatedAt}`} load={() => api.result(job.id)} />
          )}
        </div>
        <div>
          <JobFacts job={job} />
          <JobLineage job={job} />
        </div>
      </div>
    </>
  );
}
