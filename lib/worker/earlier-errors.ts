import type { EarlierError } from '../core/job.js';

/** An entry as the ledger hands it out with a claim. */
interface ErrorEntry {
  readonly run: number;
  readonly attempt: number;
  readonly outcome: string;
  readonly message: string;
  readonly finishedAt: string;
}

/** What the claim brought of earlier failures. A run that an operator ended did not fail. */
export function earlierErrorsOf(text: string | null): readonly EarlierError[] {
  if (text === null) return [];
  const entries = JSON.parse(text) as ErrorEntry[];
  return entries
    .filter(({ outcome }) => outcome !== 'cancelled')
    .map((entry) => ({ ...entry, finishedAt: new Date(entry.finishedAt) }));
}
