import { useState } from 'preact/hooks';
import { api } from '../api/endpoints.js';
import { useMay } from '../api/config-context.js';
import { useReading } from '../api/use-reading.js';
import { searchOf } from '../address/search-fields.js';
import type { ErrorGroup } from '../../contract.js';
import { BulkDialog } from '../parts/bulk-dialog.js';
import { Empty } from '../parts/empty.js';
import { Link } from '../parts/link.js';
import { PageHeader } from '../parts/page-header.js';
import { ReadingView } from '../parts/reading-view.js';
import { TimeText } from '../parts/time-text.js';
import { useTrafficWindow } from '../parts/traffic-window.js';
import { quoted } from '../query/terms.js';
import { counted, wholeNumber } from '../words/numbers.js';

export function ErrorsPage() {
  const { window, choice } = useTrafficWindow('24h');
  const reading = useReading(`errors ${window}`, (signal) => api.errors(window, signal), ['jobs']);
  return (
    <>
      <PageHeader title="Errors" lead="Failed runs that look alike, the most frequent first.">
        {choice}
      </PageHeader>
      <ReadingView reading={reading}>
        {({ groups, approximate }) =>
          groups.length === 0 ? (
            <Empty title="No run failed in this window." />
          ) : (
            <>
              {approximate && <p class="quiet">Older runs of this window were not counted to their end.</p>}
              <ul class="error-groups">
                {groups.map((group) => (
                  <Group key={group.fingerprint} group={group} />
                ))}
              </ul>
            </>
          )
        }
      </ReadingView>
    </>
  );
}

function Group({ group }: { readonly group: ErrorGroup }) {
  const [isAsked, setAsked] = useState(false);
  const mayRetry = useMay('retry');
  const query = `fingerprint:${quoted(group.fingerprint)}`;
  return (
    <li class="panel error-group" data-row={group.fingerprint}>
      <div class="error-group-text">
        <h2>{group.errorName === '' ? 'Error' : group.errorName}</h2>
        <p class="error-text">{withoutName(group)}</p>
        <p class="quiet">
          {group.types.map((type) => (
            <code key={type} class="tag">
              {type}
            </code>
          ))}
          first <TimeText at={group.firstSeenAt} />, last <TimeText at={group.lastSeenAt} />
        </p>
      </div>
      <dl class="error-group-figures">
        <Figure name="runs" value={group.runs} />
        <Figure name="jobs" value={group.jobs} />
        <Figure name="dead" value={group.dead} isBad />
      </dl>
      <div class="error-group-actions">
        <Link to={`/jobs${searchOf({ query })}`} class="button" data-open>
          Show the jobs
        </Link>
        <Link to={`/jobs/${encodeURIComponent(group.sampleJobId)}`} class="button">
          A sample
        </Link>
        {mayRetry && group.dead > 0 && (
          <button type="button" class="button" onClick={() => setAsked(true)}>
            Retry {counted(group.dead, 'dead job')}
          </button>
        )}
      </div>
      {isAsked && (
        <BulkDialog
          verb="retry"
          selection={{ query: `${query} status:dead` }}
          onClose={() => setAsked(false)}
        />
      )}
    </li>
  );
}

/** The message begins with the name of its error, which stands above it already. */
function withoutName({ errorName, message }: ErrorGroup): string {
  return message.startsWith(`${errorName}: `) ? message.slice(errorName.length + 2) : message;
}

function Figure({
  name,
  value,
  isBad,
}: {
  readonly name: string;
  readonly value: number;
  readonly isBad?: boolean;
}) {
  return (
    <div>
      <dt>{name}</dt>
      <dd class={isBad === true && value > 0 ? 'bad' : undefined}>{wholeNumber(value)}</dd>
    </div>
  );
}
