import { useEffect, useState } from 'preact/hooks';
import type { JobDetail } from '../../contract.js';
import { api } from '../api/endpoints.js';
import { useMay } from '../api/config-context.js';
import { indentedJson } from '../json/lines.js';
import { objectText } from '../json/object-text.js';
import { Dialog } from './dialog.js';
import { FormFoot } from './form-foot.js';
import { PayloadField } from './payload-field.js';
import { useAction } from './use-action.js';

/** Changes a job that has not begun; what is left as it was is not sent. */
export function ChangeJobDialog({ job, onClose }: { readonly job: JobDetail; readonly onClose: () => void }) {
  const { isBusy, error, run } = useAction();
  const mayLook = useMay('payloads');
  const [priority, setPriority] = useState(String(job.priority));
  const [retries, setRetries] = useState(String(job.maxRetries));
  const [stored, setStored] = useState<string>();
  const [payload, setPayload] = useState<string>();
  const [isValid, setValid] = useState(true);
  useEffect(() => {
    if (!mayLook) return;
    api.payload(job.id).then(
      (text) => {
        setStored(indentedJson(text));
        setPayload(indentedJson(text));
      },
      // Without it, the other fields can be changed all the same.
      () => undefined,
    );
  }, [job.id, mayLook]);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const body = objectText({
      priority: priority === String(job.priority) ? undefined : priority,
      maxRetries: retries === String(job.maxRetries) ? undefined : retries,
      payload: payload === stored ? undefined : payload,
    });
    if (await run(() => api.changeJob(job.id, body), 'The job is changed.')) onClose();
  };
  return (
    <Dialog title="Change this job" onClose={onClose}>
      <form onSubmit={submit}>
        <div class="field-row">
          <label class="field">
            <span>Priority</span>
            <input
              type="number"
              value={priority}
              required
              onInput={(event) => setPriority(event.currentTarget.value)}
            />
          </label>
          <label class="field">
            <span>Retries at most</span>
            <input
              type="number"
              min={0}
              value={retries}
              required
              onInput={(event) => setRetries(event.currentTarget.value)}
            />
          </label>
        </div>
        {payload !== undefined && <PayloadField text={payload} onChange={setPayload} onValid={setValid} />}
        <FormFoot error={error} verb="Change" isDisabled={isBusy || !isValid} onClose={onClose} />
      </form>
    </Dialog>
  );
}
