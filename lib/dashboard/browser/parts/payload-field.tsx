import { useId } from 'preact/hooks';
import { objectionToJson } from '../json/object-text.js';

interface Props {
  readonly text: string;
  readonly onChange: (text: string) => void;
  readonly onValid: (isValid: boolean) => void;
}

/** A field for JSON that says at once what is wrong with it. */
export function PayloadField({ text, onChange, onValid }: Props) {
  const objection = objectionToJson(text);
  const noteId = useId();
  const edit = (next: string): void => {
    onChange(next);
    onValid(objectionToJson(next) === undefined);
  };
  return (
    <label class="field">
      <span>
        Payload <i>JSON</i>
      </span>
      <textarea
        value={text}
        rows={8}
        spellcheck={false}
        aria-invalid={objection !== undefined}
        aria-describedby={noteId}
        onInput={(event) => edit(event.currentTarget.value)}
      />
      <small id={noteId} class="bad" role="status">
        {objection ?? ''}
      </small>
    </label>
  );
}
