import type { LinePlace } from './core/claim-order.js';
import type { Room } from './core/claim.js';
import type { DispatchMode } from './core/events.js';
import type { Hint, HintKey } from './core/job.js';
import type { Dispatcher, DispatcherSurvey, Restored, Taken } from './core/ports/dispatcher.js';

/**
 * Stands where the dispatcher will be. Which queues a process serves is known only when all handlers are found, and
 * an application may enqueue before that: such jobs are in the ledger, and the first search of a worker finds them.
 */
export class LateDispatcher implements Dispatcher {
  private current: Dispatcher | undefined;

  constructor(readonly windowSize: number) {}

  get mode(): DispatchMode {
    return this.current?.mode ?? 'postgres';
  }

  /** From now on everything goes to this one. */
  async become(dispatcher: Dispatcher): Promise<void> {
    this.current = dispatcher;
    await dispatcher.start();
  }

  async start(): Promise<void> {
    await this.current?.start();
  }

  async stop(): Promise<void> {
    await this.current?.stop();
  }

  async announce(queue: string, hints: readonly Hint[]): Promise<void> {
    await this.current?.announce(queue, hints);
  }

  async take(queue: string, rooms: readonly Room[], limit: number): Promise<Taken> {
    return (await this.current?.take(queue, rooms, limit)) ?? { kind: 'look' };
  }

  async restore(queue: string, type: string, hints: readonly Hint[], complete: boolean): Promise<Restored> {
    return (await this.current?.restore(queue, type, hints, complete)) ?? { added: 0 };
  }

  async withdraw(queue: string, jobs: readonly HintKey[]): Promise<void> {
    await this.current?.withdraw(queue, jobs);
  }

  async withdrawUpTo(queue: string, lasts: readonly Hint[], after?: LinePlace): Promise<void> {
    await this.current?.withdrawUpTo(queue, lasts, after);
  }

  async survey(queue: string, types: readonly string[]): Promise<DispatcherSurvey | undefined> {
    return this.current?.survey?.(queue, types);
  }
}
