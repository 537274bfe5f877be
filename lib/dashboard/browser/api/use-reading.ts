import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { browserClock } from '../effects/browser-clock.js';
import { watchLive, type Change } from '../live/live-connection.js';
import { refreshChoice, refreshPeriodMs } from '../live/refresh-choice.js';
import { REFRESH_ASKED } from '../live/refresh-asked.js';
import { ApiError } from './api-error.js';

export interface Reading<Data> {
  readonly data: Data | undefined;
  readonly error: ApiError | undefined;
  /** Whether `data` answers the present question, not the one before. */
  readonly isCurrent: boolean;
  readonly again: () => void;
}

type Topic = Change['topics'][number];

interface Held<Data> {
  readonly key: string;
  readonly data: Data | undefined;
  readonly error: ApiError | undefined;
}

interface Running {
  readonly key: string;
  readonly control: AbortController;
  isStale: boolean;
}

/**
 * Reads when `key` changes, when the server says that one of the topics did, when the chosen period is over, and when
 * the viewer asks. The answer before stays in sight until the next one is there: nothing jumps.
 */
export function useReading<Data>(
  key: string,
  ask: (signal: AbortSignal) => Promise<Data>,
  topics: readonly Topic[] = [],
): Reading<Data> {
  const [held, setHeld] = useState<Held<Data>>({ key: '', data: undefined, error: undefined });
  const question = useRef(ask);
  question.current = ask;
  const running = useRef<Running | undefined>(undefined);

  const again = useCallback(() => {
    // An answer on its way is not thrown away, else a page that changes faster than it reads would never show anything.
    if (running.current?.key === key) {
      running.current.isStale = true;
      return;
    }
    running.current?.control.abort();
    const present: Running = { key, control: new AbortController(), isStale: false };
    running.current = present;
    const { signal } = present.control;
    const end = (next: (before: Held<Data>) => Held<Data>): void => {
      if (signal.aborted) return;
      running.current = undefined;
      setHeld(next);
      if (present.isStale) again();
    };
    question.current(signal).then(
      (data) => end(() => ({ key, data, error: undefined })),
      (reason: unknown) =>
        end((before) => ({
          key,
          data: before.key === key ? before.data : undefined,
          error: asApiError(reason),
        })),
    );
  }, [key]);

  useEffect(() => {
    again();
    return () => {
      running.current?.control.abort();
      running.current = undefined;
    };
  }, [again]);
  useRefresh(again, topics);
  return { data: held.data, error: held.error, isCurrent: held.key === key, again };
}

function useRefresh(again: () => void, topics: readonly Topic[]): void {
  const names = topics.join();
  useEffect(() => {
    const choice = refreshChoice();
    const endings: (() => void)[] = [];
    if (choice === 'live') {
      endings.push(
        watchLive({
          changed: (news) => {
            if (news.topics.some((topic) => names.split(',').includes(topic))) again();
          },
        }),
      );
    }
    const periodMs = refreshPeriodMs(choice);
    if (periodMs !== undefined) {
      endings.push(
        browserClock.every(periodMs, () => {
          if (!document.hidden) again();
        }),
      );
    }
    addEventListener(REFRESH_ASKED, again);
    endings.push(() => removeEventListener(REFRESH_ASKED, again));
    return () => endings.forEach((end) => end());
  }, [again, names]);
}

function asApiError(reason: unknown): ApiError {
  if (reason instanceof ApiError) return reason;
  return new ApiError(0, 'PAGE_ERROR', reason instanceof Error ? reason.message : String(reason));
}
