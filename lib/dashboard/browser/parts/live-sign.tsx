import { useEffect, useState } from 'preact/hooks';
import { watchLive, type LiveState } from '../live/live-connection.js';
import { refreshChoice, REFRESH_WORDS } from '../live/refresh-choice.js';

const WORDS: Readonly<Record<LiveState, readonly [string, string]>> = {
  live: ['Live', 'Changes show by themselves'],
  connecting: ['Connecting', 'Asking the server to tell of changes'],
  away: ['Offline', 'The server does not answer; trying again by and by'],
  paused: ['Paused', 'Not read while the page is hidden'],
  off: ['Manual', ''],
};

/** Whether what is in sight follows the server. */
export function LiveSign() {
  const [state, setState] = useState<LiveState>('off');
  useEffect(() => watchLive({ state: setState }), []);
  const [word, meaning] = WORDS[state];
  const choice = refreshChoice();
  const text = state === 'off' && choice !== 'manual' ? choice : word;
  return (
    <span
      class={`live live-${state}`}
      title={state === 'off' ? REFRESH_WORDS[choice] : meaning}
      role="status"
    >
      {text}
    </span>
  );
}
