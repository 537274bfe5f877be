import type { ComponentChildren } from 'preact';
import type { Reading } from '../api/use-reading.js';
import { ErrorBox } from './error-box.js';

interface Props<Data> {
  readonly reading: Reading<Data>;
  readonly children: (data: Data) => ComponentChildren;
}

/** Waiting, refused, or there; an old answer stays in sight beneath a new error. */
export function ReadingView<Data>({ reading, children }: Props<Data>) {
  const { data, error, again } = reading;
  return (
    <>
      {error !== undefined && <ErrorBox error={error} again={again} />}
      {data === undefined && error === undefined && (
        <p class="waiting" role="status">
          Reading …
        </p>
      )}
      {data !== undefined && children(data)}
    </>
  );
}
