import { useEffect, useState } from 'preact/hooks';
import { browserClock } from '../effects/browser-clock.js';
import { Icon } from './icons.js';

interface Notice {
  readonly id: number;
  readonly text: string;
  readonly tone: 'done' | 'problem';
}

const SHOWN_MS = 6_000;
let notices: readonly Notice[] = [];
let lastId = 0;
let show: ((list: readonly Notice[]) => void) | undefined;

/** Says what was done or what went wrong, at the edge of the page and to a screen reader. */
export function tell(text: string, tone: Notice['tone'] = 'done'): void {
  lastId += 1;
  const id = lastId;
  put([...notices.slice(-3), { id, text, tone }]);
  // A problem stays until it was read.
  if (tone === 'done') browserClock.after(SHOWN_MS, () => dismiss(id));
}

export function Notices() {
  const [list, setList] = useState(notices);
  useEffect(() => {
    show = setList;
    return () => {
      show = undefined;
    };
  }, []);
  return (
    <div class="notices" role="status" aria-live="polite">
      {list.map((notice) => (
        <div key={notice.id} class={`notice ${notice.tone}`}>
          <p>{notice.text}</p>
          <button
            type="button"
            class="button icon-only"
            onClick={() => dismiss(notice.id)}
            aria-label="Dismiss"
          >
            <Icon name="close" />
          </button>
        </div>
      ))}
    </div>
  );
}

function dismiss(id: number): void {
  put(notices.filter((notice) => notice.id !== id));
}

function put(list: readonly Notice[]): void {
  notices = list;
  show?.(list);
}
