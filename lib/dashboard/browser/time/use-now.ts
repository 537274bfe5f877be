import { useEffect, useState } from 'preact/hooks';
import { browserClock } from '../effects/browser-clock.js';

const watchers = new Set<() => void>();
let stop: (() => void) | undefined;

/** The present, to the second: one timer for every time on the page. */
export function useNow(): number {
  const [now, setNow] = useState(browserClock.nowMs);
  useEffect(() => {
    const look = (): void => setNow(browserClock.nowMs());
    watchers.add(look);
    stop ??= browserClock.every(1_000, () => watchers.forEach((watcher) => watcher()));
    return () => {
      watchers.delete(look);
      if (watchers.size > 0) return;
      stop?.();
      stop = undefined;
    };
  }, []);
  return now;
}
