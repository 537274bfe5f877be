import { UsageError } from '../../command-errors.js';
import type { JobSearch } from '../../search-words.js';

/** @throws UsageError when the search is about another status */
export function onlyDead(search: JobSearch): JobSearch {
  if (search.status === undefined || String(search.status) === 'dead') return { ...search, status: 'dead' };
  throw new UsageError(
    `"kyu dead" is about dead jobs alone; "kyu jobs" takes status:${String(search.status)}.`,
  );
}
