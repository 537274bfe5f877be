import { CommanderError } from 'commander';
import {
  InvalidJobError,
  InvalidQueryError,
  InvalidScheduleError,
  InvalidSearchError,
  KyuConfigError,
  KyuError,
  KyuPayloadError,
  KyuSchemaVersionError,
  LedgerUnavailableError,
} from '../core/errors.js';
import { CommandFailure, ConnectionFailure, UsageError } from './command-errors.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import { redactUrl } from '../core/redact.js';
import type { Shell } from './shell.js';

/** What was given cannot be meant: the caller's mistake, not the world's. */
const MISTAKES = [
  UsageError,
  InvalidQueryError,
  InvalidSearchError,
  InvalidJobError,
  InvalidScheduleError,
  KyuPayloadError,
  KyuConfigError,
];

/** Says what went wrong, where a person reads it, and answers what to say to the shell. */
export function reportFailure(shell: Shell, error: unknown): ExitCode {
  // Commander has said it already.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  const code = exitCodeOf(error);
  shell.stderr.write(`${shell.paint.bad('kyu:')} ${textOf(error, shell)}\n`);
  return code;
}

function exitCodeOf(error: unknown): ExitCode {
  if (MISTAKES.some((kind) => error instanceof kind)) return EXIT.usage;
  if (error instanceof ConnectionFailure || error instanceof LedgerUnavailableError) return EXIT.connection;
  return EXIT.failed;
}

function textOf(error: unknown, { environment }: Shell): string {
  if (error instanceof KyuSchemaVersionError) {
    return `${error.message.replace(error.remedy, '').trim()}\nRun: kyu migrate up (kyu migrate plan shows what it would do)`;
  }
  if (error instanceof UsageError || error instanceof CommandFailure || error instanceof ConnectionFailure) {
    return error.message;
  }
  if (error instanceof KyuError) return `${error.message} (${error.code})`;
  if (!(error instanceof Error)) return 'It failed, and did not say why.';
  const isWanted = (environment.KYU_DEBUG ?? '') !== '';
  return redactUrl(isWanted ? (error.stack ?? error.message) : error.message);
}
