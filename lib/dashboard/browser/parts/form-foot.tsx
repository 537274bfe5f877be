import type { ApiError } from '../api/api-error.js';
import { ErrorBox } from './error-box.js';

interface Props {
  /** What went wrong when it was sent. */
  readonly error: ApiError | undefined;
  /** On the button that sends it. */
  readonly verb: string;
  readonly isDestructive?: boolean;
  readonly isDisabled: boolean;
  readonly onClose: () => void;
}

/** The end of a dialog's form: do it, or leave it. */
export function FormFoot({ error, verb, isDestructive, isDisabled, onClose }: Props) {
  return (
    <>
      {error !== undefined && <ErrorBox error={error} />}
      <div class="dialog-actions">
        <button type="button" class="button" onClick={onClose}>
          Leave it
        </button>
        <button
          type="submit"
          class={`button ${isDestructive === true ? 'danger' : 'primary'}`}
          disabled={isDisabled}
        >
          {verb}
        </button>
      </div>
    </>
  );
}
