import type { KyuEventName, KyuEvents } from './events.js';

type Listener<Name extends KyuEventName> = (event: KyuEvents[Name]) => void;

/**
 * The in-process bus: typed and synchronous. A listener that throws, or rejects, is contained, so that listening can
 * never break a run or the process; what it threw goes to `onListenerError`.
 */
export class EventBus {
  private readonly listeners = new Map<KyuEventName, Set<Listener<KyuEventName>>>();

  constructor(private readonly onListenerError: (name: KyuEventName, error: unknown) => void = () => {}) {}

  /** Returns what ends the subscription. */
  on<Name extends KyuEventName>(name: Name, listener: Listener<Name>): () => void {
    const existing = this.listeners.get(name) ?? new Set();
    this.listeners.set(name, existing);
    const entry = listener as Listener<KyuEventName>;
    existing.add(entry);
    return () => existing.delete(entry);
  }

  emit<Name extends KyuEventName>(name: Name, event: KyuEvents[Name]): void {
    const listeners = this.listeners.get(name);
    if (listeners === undefined) return;
    for (const listener of listeners) {
      try {
        const answer: unknown = listener(event);
        if (answer instanceof Promise) this.containRejection(name, answer);
      } catch (error) {
        this.onListenerError(name, error);
      }
    }
  }

  /** Nobody waits for a listener, so an async one would end the process with its rejection. */
  private containRejection(name: KyuEventName, answer: Promise<unknown>): void {
    answer.catch((error: unknown) => this.onListenerError(name, error));
  }
}
