import { useState } from 'preact/hooks';
import { api } from '../api/endpoints.js';
import { objectText } from '../json/object-text.js';
import { Dialog } from './dialog.js';
import { FormFoot } from './form-foot.js';
import { PayloadField } from './payload-field.js';
import { useAction } from './use-action.js';

export function EnqueueButton() {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <button type="button" class="button" onClick={() => setOpen(true)}>
        Enqueue a job
      </button>
      {isOpen && <EnqueueDialog onClose={() => setOpen(false)} />}
    </>
  );
}

function EnqueueDialog({ onClose }: { readonly onClose: () => void }) {
  const { isBusy, error, run } = useAction();
  const [type, setType] = useState('');
  const [payload, setPayload] = useState('{}');
  const [isValid, setValid] = useState(true);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const body = objectText({ type: JSON.stringify(type.trim()), payload });
    if (await run(() => api.enqueue(body), `A job of type ${type.trim()} was enqueued.`)) onClose();
  };
  return (
    <Dialog title="Enqueue a job" onClose={onClose}>
      <form onSubmit={submit}>
        <label class="field">
          <span>Type</span>
          <input
            value={type}
            required
            maxLength={200}
            onInput={(event) => setType(event.currentTarget.value)}
          />
        </label>
        <PayloadField text={payload} onChange={setPayload} onValid={setValid} />
        <FormFoot error={error} verb="Enqueue" isDisabled={isBusy || !isValid} onClose={onClose} />
      </form>
    </Dialog>
  );
}
