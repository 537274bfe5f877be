import type { DataSource } from 'typeorm';
import { pass } from '../core/pass-time.js';
import type { Clock } from '../core/ports/clock.js';
import { isNotReadyYet } from './postgres-errors.js';

/** As long as this an application that starts waits for a server that is slow to answer, or that starts as well. */
const PATIENCE_MS = 15_000;
const PAUSE_MS = 500;

/**
 * Opens the pool with its first connection. A process that ended because its first connection was slow would only be
 * started again, on a machine that has no time as it is. What is certain, a wrong port or password, fails at once.
 *
 * @throws the error of the last attempt, as node-postgres words it
 */
export async function openFirstConnection(
  source: Pick<DataSource, 'initialize' | 'driver'>,
  clock: Clock,
): Promise<void> {
  const giveUpAt = clock.monotonicMs() + PATIENCE_MS;
  for (;;) {
    try {
      await source.initialize();
      return;
    } catch (error) {
      await closeHalfOpened(source);
      if (!isNotReadyYet(error) || clock.monotonicMs() >= giveUpAt) throw error;
    }
    await pass(clock, PAUSE_MS);
  }
}

/** TypeORM keeps the pool when the first connection could be had, and died before it had told its version. */
async function closeHalfOpened({ driver }: Pick<DataSource, 'driver'>): Promise<void> {
  if ((driver as { readonly master?: unknown }).master !== undefined) await driver.disconnect();
}
