import type { NumberRule } from '../core/option-rules.js';
import type { JobLists, NamesSeen } from '../core/ports/job-lists.js';
import { suggestionsFor, type SearchSuggestion } from '../core/search-suggestions.js';
import { LONGEST_SEARCH } from '../core/search-terms.js';
import { readWholeNumber } from './argument-readers.js';
import { readSearch } from './job-browser.js';

export type { SearchSuggestion } from '../core/search-suggestions.js';

const POSITION: NumberRule = { least: 0, most: LONGEST_SEARCH };

/** What may be written next in a search text. */
export class SearchSuggester<Transaction> {
  constructor(private readonly lists: Pick<JobLists<Transaction>, 'namesSeen'>) {}

  async suggest(text: string, at: number): Promise<SearchSuggestion[]> {
    const search = readSearch(text);
    const position = Math.min(search.length, readWholeNumber('at', at, POSITION));
    let seen: Promise<NamesSeen> | undefined;
    return suggestionsFor(search, position, () => (seen ??= this.lists.namesSeen()));
  }
}
