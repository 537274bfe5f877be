import { useState } from 'preact/hooks';
import { api } from '../api/endpoints.js';
import { ConfirmDialog } from './confirm-dialog.js';

export function RescheduleDialog({ id, onClose }: { readonly id: string; readonly onClose: () => void }) {
  const [when, setWhen] = useState('10m');
  return (
    <ConfirmDialog
      title="Reschedule this job"
      verb="Reschedule"
      done="The job has a new time."
      act={() => api.actOnJob(id, 'reschedule', { when: when.trim() })}
      onClose={onClose}
    >
      <label class="field">
        <span>
          Due <i>a span from now such as 10m or 2h, or an instant such as 2030-01-31T09:00:00Z</i>
        </span>
        <input value={when} required onInput={(event) => setWhen(event.currentTarget.value)} />
      </label>
    </ConfirmDialog>
  );
}
