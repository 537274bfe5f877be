import { userInfo } from 'node:os';
import type { Clock } from '../core/ports/clock.js';
import { systemClock } from '../core/system-clock.js';
import { painterFor, type Paint } from './output/paint.js';

/** One of the two outputs of a program. */
export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
}

/** Everything that a command knows of the world it was called in, so that tests can make another. */
export interface Shell {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly stdin: NodeJS.ReadStream;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly folder: string;
  readonly clock: Clock;
  readonly paint: Paint;
  /** The name of the account, for the audit trail. */
  readonly account: () => string;
  /** The exit code of a command that ended well and has findings all the same. */
  exitCode: number;
}

/** The world of this process. */
export function processShell(): Shell {
  return {
    stdout: process.stdout,
    stderr: process.stderr,
    stdin: process.stdin,
    environment: process.env,
    folder: process.cwd(),
    clock: systemClock,
    paint: painterFor(process.stdout, process.env),
    account: accountName,
    exitCode: 0,
  };
}

/** A container may run under a number that has no name. */
function accountName(): string {
  try {
    return userInfo().username;
  } catch {
    return 'unknown';
  }
}

/** Whether a person sits in front of it who can answer. */
export function isInteractive(shell: Shell): boolean {
  return shell.stdin.isTTY && shell.stdout.isTTY === true;
}
