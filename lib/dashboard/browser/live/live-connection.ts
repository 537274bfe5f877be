import { addressOf } from '../address/navigation.js';
import { browserClock } from '../effects/browser-clock.js';
import type { ServerEvents } from '../../contract.js';
import { reconnectDelayMs } from './backoff.js';

type Said = ServerEvents['changed'];
/** Without counts when the connection came back and anything may have changed. */
export type Change = Pick<Said, 'topics'> & { readonly counts: Said['counts'] | undefined };
export type LiveState = 'live' | 'connecting' | 'away' | 'paused' | 'off';

interface Watcher {
  readonly changed?: (change: Change) => void;
  readonly state?: (state: LiveState) => void;
}

const watchers = new Set<Watcher>();
let source: EventSource | undefined;
let cancelRetry: (() => void) | undefined;
let failures = 0;
let state: LiveState = 'off';
let isWanted = false;

/** Is told of changes and of the state of the connection; returns what ends it. */
export function watchLive(watcher: Watcher): () => void {
  watchers.add(watcher);
  watcher.state?.(state);
  return () => watchers.delete(watcher);
}

/** One connection for the whole page; none while nobody looks at it. */
export function startLive(): void {
  if (isWanted) return;
  isWanted = true;
  document.addEventListener('visibilitychange', follow);
  follow();
}

export function stopLive(): void {
  isWanted = false;
  document.removeEventListener('visibilitychange', follow);
  disconnect();
  say('off');
}

function follow(): void {
  if (document.hidden) {
    disconnect();
    say('paused');
    return;
  }
  if (source === undefined) connect();
}

function connect(): void {
  const isReturn = state === 'paused' || state === 'away';
  say(failures === 0 ? 'connecting' : 'away');
  source = new EventSource(addressOf('/api/v1/events'));
  source.addEventListener('open', () => {
    failures = 0;
    say('live');
    // What changed meanwhile was told to nobody.
    if (isReturn) tell({ topics: ['jobs', 'queues', 'workers', 'schedules', 'audit'], counts: undefined });
  });
  source.addEventListener('changed', (event) => tell(JSON.parse(String(event.data)) as Change));
  source.addEventListener('error', retry);
}

function retry(): void {
  disconnect();
  say('away');
  if (!isWanted || document.hidden) return;
  cancelRetry = browserClock.after(reconnectDelayMs(failures, browserClock.random()), () => {
    cancelRetry = undefined;
    connect();
  });
  failures += 1;
}

function disconnect(): void {
  source?.close();
  source = undefined;
  cancelRetry?.();
  cancelRetry = undefined;
}

function tell(change: Change): void {
  watchers.forEach((watcher) => watcher.changed?.(change));
}

function say(next: LiveState): void {
  state = next;
  watchers.forEach((watcher) => watcher.state?.(next));
}
