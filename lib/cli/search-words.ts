import { parseJobSearch } from '../core/job-search.js';
import type { JobSearch } from '../core/job-selection.js';

export type { JobSearch } from '../core/job-selection.js';

/** Stands before a word that begins with a dash and is no option; no argument can hold it. */
const SHIELD = '\u0000';
const NEGATION = /^-[a-z][\w.]*[:<>=]/i;

/** `-type:send_email` leaves a type out, and must not be taken for an option. */
export function shieldNegations(words: readonly string[]): string[] {
  return words.map((word) => (NEGATION.test(word) ? SHIELD + word : word));
}

/**
 * The words of a command line as one search. The shell has taken the quotes away, so a value with blanks in it gets
 * them back: `error:"connection refused"` arrives as `error:connection refused`.
 * @throws InvalidSearchError
 */
export function searchOf(words: readonly string[]): JobSearch {
  return parseJobSearch(searchTextOf(words));
}

/** The text of the search itself. */
export function searchTextOf(words: readonly string[]): string {
  return words.map((word) => quoted(word.replace(SHIELD, ''))).join(' ');
}

function quoted(word: string): string {
  const [, field = '', value = ''] = /^(-?[^\s:"]+:)([^"]*)$/s.exec(word) ?? [];
  // Several terms in one argument stay several: "status:dead type:x".
  return /\s/.test(value) && !/\s\S+:/.test(value) ? `${field}"${value}"` : word;
}
