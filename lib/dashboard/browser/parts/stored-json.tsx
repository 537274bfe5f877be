import { useEffect, useState } from 'preact/hooks';
import { ApiError } from '../api/api-error.js';
import { useConfig, useMay } from '../api/config-context.js';
import { byteSize } from '../words/numbers.js';
import { ErrorBox } from './error-box.js';
import { JsonView } from './json-view.js';

interface Props {
  readonly title: string;
  /** Changes when what is stored may have changed. */
  readonly stamp: string;
  readonly size?: number;
  readonly load: () => Promise<string>;
}

/** Read apart from the job: it may be large, or nobody's business until somebody asks. */
export function StoredJson({ title, stamp, size, load }: Props) {
  const { hidesPayloads } = useConfig();
  const mayLook = useMay('payloads');
  const [isShown, setShown] = useState(!hidesPayloads);
  const [text, setText] = useState<string>();
  const [error, setError] = useState<ApiError>();
  useEffect(() => {
    if (!isShown || !mayLook) return undefined;
    let isWanted = true;
    setError(undefined);
    load().then(
      (answer) => isWanted && setText(answer),
      (reason: unknown) => isWanted && setError(reason instanceof ApiError ? reason : undefined),
    );
    return () => {
      isWanted = false;
    };
    // `load` is a new function each time; the stamp says when it would read something else.
  }, [isShown, mayLook, stamp]);
  return (
    <section class="panel" aria-label={title}>
      <div class="panel-header">
        <h2>
          {title} {size !== undefined && <span class="quiet">{byteSize(size)}</span>}
        </h2>
        {mayLook && hidesPayloads && (
          <button type="button" class="button" aria-expanded={isShown} onClick={() => setShown(!isShown)}>
            {isShown ? 'Hide' : 'Show'}
          </button>
        )}
      </div>
      {!mayLook && <p class="quiet padded">Your account may not read it.</p>}
      {mayLook && !isShown && <p class="quiet padded">Hidden until it is asked for.</p>}
      {error !== undefined && <ErrorBox error={error} />}
      {isShown && text !== undefined && <JsonView text={text} what={`the ${title.toLowerCase()}`} />}
    </section>
  );
}
