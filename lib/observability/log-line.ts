import { recordError } from '../core/error-record.js';
import { escapeInvisible, redactUrl } from '../core/redact.js';

export type LogLevel = 'debug' | 'log' | 'warn' | 'error';

/** One line for the logger: a sentence for people, and the same facts for machines. */
export interface LogLine {
  readonly level: LogLevel;
  readonly message: string;
  readonly details: Record<string, unknown>;
}

const LONGEST_TEXT = 500;
const LONGEST_CHAIN = 3;

/**
 * Text from outside, fit for one line: no password of a connection string, and nothing with which an error message
 * could forge a second line or colour the terminal.
 */
export function oneLine(text: string): string {
  const visible = escapeInvisible(redactUrl(text));
  return visible.length > LONGEST_TEXT ? `${visible.slice(0, LONGEST_TEXT - 1)}…` : visible;
}

/** An error and what caused it, in one line. Only messages are read: error objects of drivers carry credentials. */
export function describeError(error: unknown): string {
  const texts = [recordError(error).message];
  let cause = causeOf(error);
  while (cause !== undefined && texts.length < LONGEST_CHAIN) {
    texts.push(recordError(cause).message);
    cause = causeOf(cause);
  }
  return oneLine(texts.join(' (caused by: ') + ')'.repeat(texts.length - 1));
}

/** The stack without secrets; it keeps its lines, because it travels as a field of its own. */
export function stackField(stack: string | null): { stack?: string } {
  return stack === null ? {} : { stack: redactUrl(stack) };
}

/** The fields of an error that nobody expects. */
export function errorFields(error: unknown): { error: string; stack?: string } {
  return { error: describeError(error), ...stackField(recordError(error).stack) };
}

function causeOf(error: unknown): unknown {
  try {
    if (!(error instanceof Error)) return undefined;
    // A refused connection to a name with several addresses says nothing itself.
    if (error instanceof AggregateError) return error.errors[0] ?? error.cause;
    return error.cause ?? undefined;
  } catch {
    return undefined;
  }
}
