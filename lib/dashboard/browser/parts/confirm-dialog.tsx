import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { Dialog } from './dialog.js';
import { FormFoot } from './form-foot.js';
import { useAction } from './use-action.js';

interface Props {
  readonly title: string;
  readonly verb: string;
  readonly isDestructive?: boolean;
  /** Offers a field for the reason that the audit keeps. */
  readonly asksReason?: boolean;
  readonly done: string;
  readonly children: ComponentChildren;
  readonly act: (reason: string | undefined) => Promise<unknown>;
  readonly onClose: () => void;
  /** After it was done, before the dialog closes. */
  readonly onDone?: () => void;
}

export function ConfirmDialog(props: Props) {
  const { isBusy, error, run } = useAction();
  const [reason, setReason] = useState('');
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const isDone = await run(() => props.act(reason.trim() === '' ? undefined : reason.trim()), props.done);
    if (!isDone) return;
    props.onClose();
    props.onDone?.();
  };
  return (
    <Dialog title={props.title} onClose={props.onClose}>
      <form onSubmit={submit}>
        <div class="dialog-body">{props.children}</div>
        {props.asksReason === true && (
          <label class="field">
            <span>
              Reason <i>optional, kept in the audit</i>
            </span>
            <input value={reason} onInput={(event) => setReason(event.currentTarget.value)} maxLength={300} />
          </label>
        )}
        <FormFoot
          error={error}
          verb={props.verb}
          isDestructive={props.isDestructive === true}
          isDisabled={isBusy}
          onClose={props.onClose}
        />
      </form>
    </Dialog>
  );
}
