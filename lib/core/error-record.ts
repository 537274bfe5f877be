import { redactUrl } from './redact.js';
import { toStorableText } from './storable-text.js';

/** An error as the ledger keeps it: bounded, always storable, and without the password of a connection string. */
export interface ErrorRecord {
  readonly message: string;
  readonly stack: string | null;
}

const MESSAGE_LIMIT = 4_096;
const STACK_LIMIT = 16_384;

/** Turns whatever was thrown into a record. Never throws, whatever the value does when it is looked at. */
export function recordError(thrown: unknown): ErrorRecord {
  return {
    message: clean(readMessage(thrown), MESSAGE_LIMIT),
    stack: readStack(thrown),
  };
}

/** Cut down before the search for secrets, because a message may have megabytes; a little more than is kept. */
function clean(text: string, limit: number): string {
  return toStorableText(redactUrl(text.slice(0, 2 * limit)), limit);
}

function readMessage(thrown: unknown): string {
  try {
    if (thrown instanceof Error) return namedMessage(thrown);
    if (typeof thrown === 'string') return thrown === '' ? 'an empty text was thrown' : thrown;
    if (typeof thrown === 'object' && thrown !== null) return `thrown: ${safeJson(thrown)}`;
    return `thrown: ${String(thrown)}`;
  } catch {
    return 'something was thrown that cannot be read';
  }
}

function namedMessage(error: Error): string {
  // Both are text by type only; a thrown error may carry anything.
  const message = asText(error.message);
  const name = asText(error.name);
  if (message === '') return name;
  return name === 'Error' ? message : `${name}: ${message}`;
}

function asText(value: unknown): string {
  return String(value);
}

function safeJson(value: object): string {
  try {
    return JSON.stringify(value) ?? Object.prototype.toString.call(value);
  } catch {
    return Object.prototype.toString.call(value);
  }
}

function readStack(thrown: unknown): string | null {
  try {
    if (!(thrown instanceof Error) || typeof thrown.stack !== 'string') return null;
    return clean(thrown.stack, STACK_LIMIT);
  } catch {
    return null;
  }
}
