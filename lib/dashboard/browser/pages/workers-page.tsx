import { useState } from 'preact/hooks';
import { api } from '../api/endpoints.js';
import { useMay } from '../api/config-context.js';
import { useReading } from '../api/use-reading.js';
import type { WorkerRow } from '../../contract.js';
import { ConfirmDialog } from '../parts/confirm-dialog.js';
import { CopyButton } from '../parts/copy-button.js';
import { Empty } from '../parts/empty.js';
import { Link } from '../parts/link.js';
import { Meter } from '../parts/meter.js';
import { PageHeader } from '../parts/page-header.js';
import { ReadingView } from '../parts/reading-view.js';
import { TimeText } from '../parts/time-text.js';
import { ageSpan } from '../time/relative-time.js';
import { counted } from '../words/numbers.js';

/** Beyond it a worker has missed several heartbeats. */
const STALE_MS = 30_000;

export function WorkersPage() {
  const reading = useReading('workers', (signal) => api.workers(signal), ['workers', 'jobs']);
  return (
    <>
      <PageHeader title="Workers" />
      <ReadingView reading={reading}>
        {(workers) =>
          workers.length === 0 ? (
            <Empty title="No worker runs.">Jobs wait in the ledger until one starts.</Empty>
          ) : (
            <div class="cards">
              {workers.map((worker) => (
                <WorkerCard key={worker.id} worker={worker} />
              ))}
            </div>
          )
        }
      </ReadingView>
    </>
  );
}

function WorkerCard({ worker }: { readonly worker: WorkerRow }) {
  const isStale = worker.heartbeatAgeMs > STALE_MS && worker.state !== 'stopped' && worker.state !== 'dead';
  return (
    <section class="panel worker" aria-label={`Worker ${worker.host} ${worker.pid}`} data-row={worker.id}>
      <div class="panel-header">
        <h2>
          {worker.host} <span class="quiet">pid {worker.pid}</span>
          <span class={`mark state-${worker.state}`}>{worker.state}</span>
        </h2>
        <Drain worker={worker} />
      </div>
      <p class="worker-line">
        <Meter value={worker.running} most={worker.concurrency} />
        {worker.running} of {worker.concurrency} slots busy
      </p>
      <dl class="facts">
        <div>
          <dt>Queues</dt>
          <dd>{worker.queues.join(', ')}</dd>
        </div>
        <div>
          <dt>Types</dt>
          <dd>{worker.types === null ? 'all' : worker.types.join(', ')}</dd>
        </div>
        <div>
          <dt>Heartbeat</dt>
          <dd class={isStale ? 'bad' : undefined}>{ageSpan(worker.heartbeatAgeMs)} ago</dd>
        </div>
        <div>
          <dt>Started</dt>
          <dd>
            <TimeText at={worker.startedAt} />
          </dd>
        </div>
        <div>
          <dt>Version</dt>
          <dd>{worker.version}</dd>
        </div>
        <div>
          <dt>Id</dt>
          <dd>
            <code>…{worker.id.slice(-8)}</code>
            <CopyButton text={worker.id} what="the worker's id" />
          </dd>
        </div>
      </dl>
      {isStale && (
        <p class="note">
          It has not been heard of for long. When its lease ends, its jobs start elsewhere by themselves.
        </p>
      )}
      <Jobs worker={worker} />
    </section>
  );
}

function Jobs({ worker }: { readonly worker: WorkerRow }) {
  if (worker.jobs.length === 0) return <p class="quiet padded">It runs nothing at the moment.</p>;
  return (
    <ul class="worker-jobs" aria-label="Its jobs">
      {worker.jobs.map((job) => (
        <li key={job.id}>
          <Link to={`/jobs/${encodeURIComponent(job.id)}`} data-open>
            {job.type}
          </Link>
          <span class="quiet">
            {job.progress !== null && <>{job.progress.percent} % · </>}
            started <TimeText at={job.lockedAt} />
          </span>
        </li>
      ))}
    </ul>
  );
}

function Drain({ worker }: { readonly worker: WorkerRow }) {
  const [isAsked, setAsked] = useState(false);
  const mayDrain = useMay('workers');
  if (worker.drainRequestedAt !== null) {
    return (
      <span class="quiet">
        asked to drain <TimeText at={worker.drainRequestedAt} />
      </span>
    );
  }
  if (!mayDrain || worker.state !== 'alive') return null;
  return (
    <>
      <button type="button" class="button" onClick={() => setAsked(true)}>
        Drain
      </button>
      {isAsked && (
        <ConfirmDialog
          title={`Drain ${worker.host} ${worker.pid}`}
          verb="Drain the worker"
          done={`The worker ${worker.host} ${worker.pid} takes no more jobs.`}
          act={() => api.drainWorker(worker.id)}
          onClose={() => setAsked(false)}
        >
          <p>
            It finishes {counted(worker.running, 'job')} and takes no more. It does not come back by itself:
            restart its process for that.
          </p>
        </ConfirmDialog>
      )}
    </>
  );
}
