import { useState } from 'preact/hooks';
import { api } from '../api/endpoints.js';
import { useMay } from '../api/config-context.js';
import { useReading } from '../api/use-reading.js';
import type { ScheduleRow } from '../../contract.js';
import { Empty } from '../parts/empty.js';
import { PageHeader } from '../parts/page-header.js';
import { ReadingView } from '../parts/reading-view.js';
import { ScheduleCard } from '../parts/schedule-card.js';
import { ScheduleDialog } from '../parts/schedule-dialog.js';

export function SchedulesPage() {
  const reading = useReading('schedules', (signal) => api.schedules(signal), ['schedules', 'jobs']);
  const [edited, setEdited] = useState<ScheduleRow | 'new'>();
  const mayEdit = useMay('schedules');
  return (
    <>
      <PageHeader title="Schedules">
        {mayEdit && (
          <button type="button" class="button" onClick={() => setEdited('new')}>
            Add a schedule
          </button>
        )}
      </PageHeader>
      <ReadingView reading={reading}>
        {(schedules) =>
          schedules.length === 0 ? (
            <Empty title="No schedule yet.">
              Declare one beside a handler with <code>@CronJob</code>, or add one here.
            </Empty>
          ) : (
            <div class="cards">
              {schedules.map((schedule) => (
                <ScheduleCard key={schedule.name} schedule={schedule} onEdit={() => setEdited(schedule)} />
              ))}
            </div>
          )
        }
      </ReadingView>
      {edited !== undefined && (
        <ScheduleDialog
          {...(edited === 'new' ? {} : { schedule: edited })}
          onClose={() => setEdited(undefined)}
        />
      )}
    </>
  );
}
