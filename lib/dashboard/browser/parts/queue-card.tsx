import { useState } from 'preact/hooks';
import type { QueueRow } from '../../contract.js';
import { api } from '../api/endpoints.js';
import { useMay } from '../api/config-context.js';
import { searchOf } from '../address/search-fields.js';
import { Sparkline } from '../charts/sparkline.js';
import { quoted } from '../query/terms.js';
import { ageSpan, shortSpan } from '../time/relative-time.js';
import { counted, perMinute, wholeNumber } from '../words/numbers.js';
import { ConfirmDialog } from './confirm-dialog.js';
import { KeyFigure } from './key-figure.js';
import { Link } from './link.js';
import { QueueTypes } from './queue-types.js';
import { useAction } from './use-action.js';

const HOUR_MS = 3_600_000;

export function QueueCard({ queue }: { readonly queue: QueueRow }) {
  const { traffic, counts } = queue;
  return (
    <section class="panel queue" aria-label={`Queue ${queue.name}`} data-row={queue.name}>
      <div class="panel-header">
        <h2>
          <Link to={`/jobs${searchOf({ query: `queue:${quoted(queue.name)}` })}`} data-open>
            {queue.name}
          </Link>
          {queue.paused && <span class="mark">Paused</span>}
          <Workers queue={queue} />
        </h2>
        <Sparkline series={queue.series} what={`Queue ${queue.name}`} />
        <PauseButton queue={queue} />
      </div>
      <dl class="key-figures">
        <KeyFigure label="Pending" value={wholeNumber(counts.pending)} />
        <KeyFigure label="Running" value={wholeNumber(counts.running)} />
        <KeyFigure label="Scheduled" value={wholeNumber(counts.scheduled)} />
        <KeyFigure label="Failed" value={wholeNumber(counts.failed)} />
        <KeyFigure label="Dead" value={wholeNumber(counts.dead)} />
        <KeyFigure
          label="Oldest pending"
          value={queue.oldestPendingMs === null ? 'none' : ageSpan(queue.oldestPendingMs)}
        />
        <KeyFigure label="Out" value={perMinute(traffic.completed, HOUR_MS)} unit="/ min" />
        <KeyFigure label="Wait p50 / p95" value={pair(traffic.waitP50Ms, traffic.waitP95Ms)} />
        <KeyFigure label="Run p50 / p95" value={pair(traffic.runP50Ms, traffic.runP95Ms)} />
      </dl>
      <QueueTypes queue={queue} />
    </section>
  );
}

function pair(half: number | null, most: number | null): string {
  return half === null || most === null ? '–' : `${shortSpan(half)} / ${shortSpan(most)}`;
}

/** Said loudly only when it is wrong: a queue with work and nobody to do it. */
function Workers({ queue }: { readonly queue: QueueRow }) {
  if (queue.liveWorkers > 0) return <span class="quiet">{counted(queue.liveWorkers, 'worker')}</span>;
  const isWrong = queue.counts.pending > 0;
  return <span class={isWrong ? 'mark bad-mark' : 'quiet'}>no worker</span>;
}

function PauseButton({ queue }: { readonly queue: QueueRow }) {
  const [isAsked, setAsked] = useState(false);
  const { isBusy, run } = useAction();
  if (!useMay('pause')) return null;
  if (queue.paused) {
    return (
      <button
        type="button"
        class="button primary"
        disabled={isBusy}
        onClick={() => run(() => api.resume(queue.name, {}), `The queue ${queue.name} goes on.`)}
      >
        Resume
      </button>
    );
  }
  return (
    <>
      <button type="button" class="button" onClick={() => setAsked(true)}>
        Pause
      </button>
      {isAsked && (
        <ConfirmDialog
          title={`Pause ${queue.name}`}
          verb="Pause the queue"
          asksReason
          done={`The queue ${queue.name} is paused.`}
          act={(reason) => api.pause(queue.name, reason === undefined ? {} : { reason })}
          onClose={() => setAsked(false)}
        >
          <p>
            No worker takes a job from it until it is resumed. {counted(queue.counts.running, 'job')} that run
            now {queue.counts.running === 1 ? 'goes' : 'go'} on to the end.
          </p>
        </ConfirmDialog>
      )}
    </>
  );
}
