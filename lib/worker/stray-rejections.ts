import { currentRun } from './current-job.js';
import type { Run } from './run.js';

/** Told of a rejection that nobody handled, below the handler of a run. True when the run was this listener's. */
export type StrayListener = (run: Run, error: unknown) => boolean;

const listeners = new Set<StrayListener>();

/**
 * Watches for promises that a handler started, did not wait for, and that then rejected. Node would end the process
 * and every other run with it; instead the run that started the promise fails.
 * A rejection from outside every run stays what it was: the application's listeners hear it, and without any the
 * process ends as Node wants it.
 * @returns what ends the watch
 */
export function watchStrayRejections(listener: StrayListener): () => void {
  if (listeners.size === 0) process.on('unhandledRejection', attribute);
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) process.off('unhandledRejection', attribute);
  };
}

function attribute(error: unknown): void {
  const run = currentRun();
  if (run !== undefined && [...listeners].some((listener) => listener(run, error))) return;
  // Kyu's own listener has switched Node's default off; without any other, restore what it would have done.
  if (process.listenerCount('unhandledRejection') === 1) throw error;
}
