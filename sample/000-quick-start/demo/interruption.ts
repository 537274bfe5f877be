import { constants } from 'node:os';

/** Somebody wants the demo to end: Ctrl-C, SIGTERM, or a terminal that was closed. */
export class Interruption extends Error {
  override readonly name = 'Interruption';

  constructor(readonly signal: NodeJS.Signals) {
    super(`interrupted by ${signal}`);
  }

  /** What a shell expects of a program that a signal ended. */
  get exitCode(): number {
    return 128 + constants.signals[this.signal];
  }
}

const SIGNALS: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** npm passes on a Ctrl-C that the terminal has delivered already: the same wish, heard twice. */
const SAME_WISH_MS = 1_000;

/**
 * Turns the first signal into an orderly end. Somebody who asks again does not want to wait: the process exits at
 * once, and the guards of its children and its stores end what is left.
 */
export function onInterruption(end: (interruption: Interruption) => void): void {
  let first: { atMs: number } | undefined;
  const hear = (signal: NodeJS.Signals): void => {
    const interruption = new Interruption(signal);
    const nowMs = performance.now();
    if (first === undefined) {
      first = { atMs: nowMs };
      end(interruption);
    } else if (nowMs - first.atMs > SAME_WISH_MS) process.exit(interruption.exitCode);
  };
  for (const signal of SIGNALS) process.on(signal, hear);
  // Nobody reads any more (`npm run demo | head`).
  process.stdout.on('error', () => hear('SIGPIPE'));
}
