import type { Hint } from '../../../lib/core/job.js';
import type { Dispatcher, Restored, Taken } from '../../../lib/core/ports/dispatcher.js';

/** What was announced with one call. */
export interface Announcement {
  readonly queue: string;
  readonly hints: readonly Hint[];
}

/** Keeps what it is told, and hands nothing out. */
export class RecordingDispatcher implements Dispatcher {
  readonly mode = 'redis';
  readonly windowSize = 100;
  readonly announcements: Announcement[] = [];

  async announce(queue: string, hints: readonly Hint[]): Promise<void> {
    this.announcements.push({ queue, hints });
  }

  async take(): Promise<Taken> {
    return { kind: 'look' };
  }

  async restore(): Promise<Restored> {
    return { added: 0 };
  }

  async withdraw(): Promise<void> {}
  async withdrawUpTo(): Promise<void> {}

  async start(): Promise<void> {}

  async stop(): Promise<void> {}
}
