import { setTimeout as passTime } from 'node:timers/promises';

export interface Patience {
  withinMs: number;
  everyMs?: number;
  /** Ends the wait with its reason. */
  signal: AbortSignal;
}

/** Asks again and again; false when the answer was no until the end. An answer that fails counts as no. */
export async function waitUntil(
  isTrue: () => Promise<boolean>,
  { withinMs, everyMs = 50, signal }: Patience,
): Promise<boolean> {
  const deadline = performance.now() + withinMs;
  while (performance.now() < deadline) {
    signal.throwIfAborted();
    if (await isTrue().catch(() => false)) return true;
    await pause(everyMs, signal);
  }
  return false;
}

/** @throws the reason of the signal */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await passTime(ms, undefined, { signal });
  } catch {
    signal.throwIfAborted();
  }
}
