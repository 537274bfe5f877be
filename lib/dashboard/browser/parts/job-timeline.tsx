import type { JobDetail, RunDetail } from '../../contract.js';
import { shortSpan } from '../time/relative-time.js';
import { CopyButton } from './copy-button.js';
import { StatusShape } from './icons.js';
import { TimeText } from './time-text.js';
import { timelineOf, type TimelineEntry } from './timeline-entries.js';

export function JobTimeline({ job }: { readonly job: JobDetail }) {
  return (
    <ol class="timeline">
      {timelineOf(job).map((entry) => (
        <li key={entry.key} class={`tone-${entry.tone}`}>
          <span class="timeline-mark">
            <StatusShape status={entry.tone} />
          </span>
          <div class="timeline-body">
            <Entry entry={entry} />
            {entry.key === 'now' && <Progress job={job} />}
          </div>
        </li>
      ))}
    </ol>
  );
}

function Entry({ entry }: { readonly entry: TimelineEntry }) {
  return (
    <>
      <div class="timeline-head">
        <h3>{entry.title}</h3>
        <span class="quiet">
          {entry.waitedMs !== null && entry.waitedMs > 0 && <>waited {shortSpan(entry.waitedMs)} · </>}
          {entry.run?.durationMs !== undefined && entry.run.durationMs !== null && (
            <>ran {shortSpan(entry.run.durationMs)} · </>
          )}
          {entry.at !== null && <TimeText at={entry.at} />}
        </span>
      </div>
      {entry.run === undefined ? (
        entry.text !== null && <p class="quiet">{entry.text}</p>
      ) : (
        <Run run={entry.run} />
      )}
      {entry.logs.length > 0 && (
        <ol class="logs" aria-label="What the handler logged">
          {entry.logs.map((line, index) => (
            <li key={index}>
              <TimeText at={line.at} /> <span>{line.message}</span>
            </li>
          ))}
        </ol>
      )}
    </>
  );
}

function Run({ run }: { readonly run: RunDetail }) {
  return (
    <>
      <p class="quiet">
        attempt {run.attempt}
        {run.workerId !== null && (
          <>
            , claimed by worker <code title={run.workerId}>…{run.workerId.slice(-8)}</code>
          </>
        )}
      </p>
      {run.errorMessage !== null && (
        <p class="error-text">
          {run.errorName !== null && <b>{run.errorName}: </b>}
          {run.errorMessage}
        </p>
      )}
      {run.errorStack !== null && (
        <details class="stack">
          <summary>Stack</summary>
          <CopyButton text={run.errorStack} what="the stack" />
          <pre>{run.errorStack}</pre>
        </details>
      )}
    </>
  );
}

function Progress({ job }: { readonly job: JobDetail }) {
  if (job.status !== 'running') return null;
  return (
    <>
      {job.progress !== null && (
        <div class="job-progress">
          <progress value={job.progress.percent} max={100} aria-label="Progress" />
          <span>
            {job.progress.percent} % {job.progress.note ?? ''}
          </span>
        </div>
      )}
      {job.cancelRequestedAt !== null && (
        <p class="quiet">
          Asked to stop <TimeText at={job.cancelRequestedAt} />
          {job.cancelReason !== null && <>: {job.cancelReason}</>}
        </p>
      )}
    </>
  );
}
