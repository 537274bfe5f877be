import { useState } from 'preact/hooks';
import type { ScheduleRow } from '../../contract.js';
import { api } from '../api/endpoints.js';
import { useMay } from '../api/config-context.js';
import { exactTime } from '../time/exact-time.js';
import { counted } from '../words/numbers.js';
import { ConfirmDialog } from './confirm-dialog.js';
import { Link } from './link.js';
import { NextTicks } from './next-ticks.js';
import { StatusBadge } from './status-badge.js';
import { TimeText } from './time-text.js';
import { useAction } from './use-action.js';

interface Props {
  readonly schedule: ScheduleRow;
  readonly onEdit: () => void;
}

export function ScheduleCard({ schedule, onEdit }: Props) {
  return (
    <section class="panel schedule" aria-label={`Schedule ${schedule.name}`} data-row={schedule.name}>
      <div class="panel-header">
        <h2>
          {schedule.name}
          {schedule.pausedAt !== null && (
            <span class="mark" title={exactTime(schedule.pausedAt)}>
              Paused
            </span>
          )}
          <span class="quiet">{schedule.source === 'code' ? 'from the code' : schedule.source}</span>
        </h2>
        <ScheduleActions schedule={schedule} onEdit={onEdit} />
      </div>
      <p class="schedule-words">
        {schedule.words}, <span class="quiet">{schedule.timezone}</span>
      </p>
      <dl class="facts">
        <div>
          <dt>Cron</dt>
          <dd>
            <code>{schedule.cron}</code>
          </dd>
        </div>
        <div>
          <dt>Type</dt>
          <dd>{schedule.type}</dd>
        </div>
        <div>
          <dt>Last</dt>
          <dd>
            <TimeText at={schedule.lastTickAt} none="not yet" />{' '}
            {schedule.lastJob !== null && (
              <Link
                to={`/jobs/${encodeURIComponent(schedule.lastJob.id)}`}
                data-open
                aria-label="The last job"
              >
                <StatusBadge status={schedule.lastJob.status} />
              </Link>
            )}
          </dd>
        </div>
        {schedule.missedTicks > 0 && (
          <div>
            <dt>Missed</dt>
            <dd class="bad">{counted(schedule.missedTicks, 'tick')}</dd>
          </div>
        )}
      </dl>
      <NextTicks
        ticks={schedule.nextTicks}
        zone={schedule.timezone}
        dstNote={schedule.dstNote}
        isPaused={schedule.pausedAt !== null}
      />
    </section>
  );
}

function ScheduleActions({ schedule, onEdit }: Props) {
  const { isBusy, run } = useAction();
  const [isRemoval, setRemoval] = useState(false);
  if (!useMay('schedules')) return null;
  const { name } = schedule;
  return (
    <div class="page-actions">
      <button
        type="button"
        class="button"
        disabled={isBusy}
        aria-label={`Run ${name} now`}
        onClick={() => run(() => api.actOnSchedule(name, 'run'), `A job of ${name} was enqueued.`)}
      >
        Run now
      </button>
      {schedule.pausedAt === null ? (
        <button
          type="button"
          class="button"
          disabled={isBusy}
          aria-label={`Pause ${name}`}
          onClick={() => run(() => api.actOnSchedule(name, 'pause'), `${name} is paused.`)}
        >
          Pause
        </button>
      ) : (
        <button
          type="button"
          class="button primary"
          disabled={isBusy}
          aria-label={`Resume ${name}`}
          onClick={() => run(() => api.actOnSchedule(name, 'resume'), `${name} goes on.`)}
        >
          Resume
        </button>
      )}
      {/* What the code declares would be back at the next start. */}
      {schedule.source !== 'code' && (
        <>
          <button type="button" class="button" aria-label={`Edit ${name}`} onClick={onEdit}>
            Edit
          </button>
          <button
            type="button"
            class="button danger-quiet"
            aria-label={`Remove ${name}`}
            onClick={() => setRemoval(true)}
          >
            Remove
          </button>
        </>
      )}
      {isRemoval && (
        <ConfirmDialog
          title={`Remove ${name}`}
          verb="Remove the schedule"
          isDestructive
          done={`${name} is removed.`}
          act={() => api.removeSchedule(name)}
          onClose={() => setRemoval(false)}
        >
          <p>It enqueues nothing any more. Jobs that it enqueued stay.</p>
        </ConfirmDialog>
      )}
    </div>
  );
}
