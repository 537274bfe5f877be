import { InvalidArgumentError } from 'commander';
import { LONGEST_DURATION_MS, parseDuration } from '../core/duration.js';

/** Reads a whole number within bounds, for commander. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const number = /^-?\d+$/.test(text) ? Number(text) : Number.NaN;
    if (number >= least && number <= most) return number;
    throw new InvalidArgumentError(`Give a whole number from ${least} to ${most}.`);
  };
}

/** Reads a span such as `30s`, for commander. */
export function span(text: string): number {
  const milliseconds = parseDuration(text);
  if (milliseconds !== undefined && milliseconds <= LONGEST_DURATION_MS) return milliseconds;
  throw new InvalidArgumentError("Give ms or text such as '30s', '5m', '1h30m'.");
}

/** Reads `a,b` and repetitions of it, for commander. */
export function names(text: string, before: readonly string[] = []): string[] {
  const more = text.split(',').map((name) => name.trim());
  if (more.every((name) => name !== '')) return [...before, ...more];
  throw new InvalidArgumentError('Give names with commas between them.');
}

/** Reads JSON, for commander. */
export function json(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new InvalidArgumentError('It is no JSON. Text needs quotes of its own: \'"text"\'.');
  }
}

/** Whether the word is an id of a job. */
export function isJobId(word: string): boolean {
  return /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(word);
}
