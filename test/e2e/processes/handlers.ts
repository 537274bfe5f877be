import { setTimeout as delay } from 'node:timers/promises';
import { JobHandler, type JobContext } from 'nestjs-kyu';
import { say } from './settings.js';

/** What the workers of the tests can do. */
export class Handlers {
  @JobHandler('quick')
  quick(payload: unknown): unknown {
    say(`quick ${JSON.stringify(payload)}`);
    return payload;
  }

  /** Works for so many ms, whatever its signal says. */
  @JobHandler('busy')
  async busy(ms: number, { id }: JobContext): Promise<string> {
    say(`busy ${id}`);
    await delay(ms); // the handler's work
    return 'finished';
  }

  @JobHandler('fails', { maxRetries: 5, backoff: { base: '1h' } })
  fails(): void {
    throw new Error('not today');
  }

  /** A promise that nobody waits for rejects below the handler. */
  @JobHandler('stray')
  async stray(): Promise<void> {
    // It rejects when the handler waits for something else already.
    void delay(10).then(() => {
      throw new Error('nobody caught me');
    });
    await new Promise(() => {});
  }
}
