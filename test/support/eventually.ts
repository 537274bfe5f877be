import { setTimeout as delay } from 'node:timers/promises';

const POLL_MS = 15;

/** How long a test waits for something to become true. */
export interface EventuallyOptions {
  readonly withinMs?: number;
}

/**
 * Runs the assertion again and again until it holds, and answers what it answers. At the deadline it fails with the
 * assertion's last error, so that the report says what was still wrong.
 */
export async function eventually<Answer>(
  assertion: () => Answer | Promise<Answer>,
  { withinMs = 5_000 }: EventuallyOptions = {},
): Promise<Answer> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    try {
      return await assertion();
    } catch (error) {
      if (performance.now() >= deadline) throw late(error, withinMs);
    }
    await delay(POLL_MS); // polls until the deadline
  }
}

function late(error: unknown, withinMs: number): Error {
  const message = error instanceof Error ? error.message : String(error);
  return new Error(`Not within ${withinMs} ms: ${message}`, { cause: error });
}
