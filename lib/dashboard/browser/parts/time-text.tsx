import { exactTime } from '../time/exact-time.js';
import { relativeTime } from '../time/relative-time.js';
import { useNow } from '../time/use-now.js';

/** Relative for the eye, exact with its zone on hover and for a screen reader's details. */
export function TimeText({ at, none = '–' }: { readonly at: string | null; readonly none?: string }) {
  const now = useNow();
  if (at === null) return <span class="quiet">{none}</span>;
  return (
    <time dateTime={at} title={exactTime(at)}>
      {relativeTime(at, now)}
    </time>
  );
}
