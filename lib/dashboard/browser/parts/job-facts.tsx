import type { ComponentChildren } from 'preact';
import type { JobDetail } from '../../contract.js';
import { useConfig } from '../api/config-context.js';
import { searchOf } from '../address/search-fields.js';
import { quoted } from '../query/terms.js';
import { traceAddress } from '../words/trace-address.js';
import { CopyButton } from './copy-button.js';
import { Link } from './link.js';
import { JsonView } from './json-view.js';
import { SpanText } from './span-text.js';
import { TimeText } from './time-text.js';

export function JobFacts({ job }: { readonly job: JobDetail }) {
  return (
    <section class="panel" aria-label="Facts">
      <dl class="facts">
        <Fact name="Queue">
          <Link to={`/jobs${searchOf({ query: `queue:${quoted(job.queue)}` })}`}>{job.queue}</Link>
        </Fact>
        <Fact name="Type">
          <Link to={`/jobs${searchOf({ query: `type:${quoted(job.type)}` })}`}>{job.type}</Link>
        </Fact>
        <Fact name="Priority">{job.priority}</Fact>
        <Fact name="Retries">
          {job.retryCount} of {job.maxRetries} used
        </Fact>
        <Fact name="Run">{job.run}</Fact>
        {job.crashCount > 0 && <Fact name="Crashes">{job.crashCount}</Fact>}
        <Fact name="Time limit">{job.timeoutMs === 0 ? 'none' : <SpanText ms={job.timeoutMs} />}</Fact>
        <Fact name="Created">
          <TimeText at={job.createdAt} />
        </Fact>
        {job.scheduledAt !== null && (
          <Fact name="Due">
            <TimeText at={job.scheduledAt} />
          </Fact>
        )}
        {job.deadlineAt !== null && (
          <Fact name="Deadline">
            <TimeText at={job.deadlineAt} />
          </Fact>
        )}
        {job.completedAt !== null && (
          <Fact name="Ended">
            <TimeText at={job.completedAt} />
          </Fact>
        )}
        {job.archivedAt !== null && (
          <Fact name="Archived">
            <TimeText at={job.archivedAt} />
          </Fact>
        )}
        {job.uniqueKey !== null && (
          <Fact name="Unique key">
            <code>{job.uniqueKey}</code>
          </Fact>
        )}
        {job.tags.length > 0 && (
          <Fact name="Tags">
            {job.tags.map((tag) => (
              <Link key={tag} class="tag" to={`/jobs${searchOf({ query: `tag:${quoted(tag)}` })}`}>
                {tag}
              </Link>
            ))}
          </Fact>
        )}
        {job.traceId !== null && (
          <Fact name="Trace">
            <Trace traceId={job.traceId} />
          </Fact>
        )}
      </dl>
      {job.context !== null && Object.keys(job.context).length > 0 && (
        <details class="context">
          <summary>Context</summary>
          <JsonView text={JSON.stringify(job.context)} what="the context" />
        </details>
      )}
    </section>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Trace({ traceId }: { readonly traceId: string }) {
  const { traceUrl } = useConfig();
  const address = traceAddress(traceUrl, traceId);
  return (
    <>
      {address === undefined ? (
        <code>{traceId}</code>
      ) : (
        <a href={address} target="_blank" rel="noreferrer">
          <code>{traceId}</code>
        </a>
      )}
      <CopyButton text={traceId} what="the trace id" />
    </>
  );
}
