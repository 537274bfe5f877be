import { EventBus } from '../../../lib/core/event-bus.js';
import type { KyuEventName, KyuEvents } from '../../../lib/core/events.js';
import type { Dispatcher } from '../../../lib/core/ports/dispatcher.js';
import { createDispatcher } from '../../../lib/dispatch/create-dispatcher.js';
import type { DispatcherOptions } from '../../../lib/dispatch/dispatcher-options.js';
import { CountingClock } from './counting-clock.js';
import { LoopbackWakeUp } from './loopback-wake-up.js';

/** A started dispatcher, with everything that a test wants to look at. */
export interface OpenDispatcher {
  readonly dispatcher: Dispatcher;
  /** The queues that were woken, in order. */
  readonly woken: string[];
  readonly ledgerWakeUp: LoopbackWakeUp;
  readonly clock: CountingClock;
  /** Every event of a name so far. */
  events<Name extends KyuEventName>(name: Name): KyuEvents[Name][];
  [Symbol.asyncDispose](): Promise<void>;
}

const WATCHED = ['announce.failed', 'dispatcher.switched', 'engine.failed'] as const;

/** Starts a dispatcher that serves the queue `shop` unless the settings say otherwise. */
export async function openDispatcher(
  settings: Pick<DispatcherOptions, 'redis'> & Partial<DispatcherOptions>,
): Promise<OpenDispatcher> {
  const events = new EventBus();
  const seen: { name: KyuEventName; event: unknown }[] = [];
  for (const name of WATCHED) events.on(name, (event) => seen.push({ name, event }));
  const woken: string[] = [];
  const ledgerWakeUp = new LoopbackWakeUp();
  const clock = new CountingClock();
  const dispatcher = await createDispatcher({
    windowSize: 100,
    queues: ['shop'],
    clock,
    events,
    ledgerWakeUp,
    onWake: (queue) => woken.push(queue),
    ...settings,
  });
  await dispatcher.start();
  return {
    dispatcher,
    woken,
    ledgerWakeUp,
    clock,
    events: <Name extends KyuEventName>(name: Name) =>
      seen.filter((entry) => entry.name === name).map((entry) => entry.event as KyuEvents[Name]),
    [Symbol.asyncDispose]: () => dispatcher.stop(),
  };
}
