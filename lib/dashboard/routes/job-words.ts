import { parseJobSearch } from '../../core/job-search.js';
import type { JobSearch } from '../../core/job-selection.js';
import { forbidden } from '../refusal.js';
import type { Call } from './call.js';

/**
 * A text in the query language, unless it asks for what whoever asks may not look at: who may not read payloads must
 * not find out what is in them by searching either.
 * @throws InvalidSearchError
 * @throws ApiRefusal
 */
export function readableSearch(call: Call, text: string): JobSearch {
  const search = parseJobSearch(text);
  const asksForPayload = search.payload !== undefined || search.without?.payload !== undefined;
  if (asksForPayload && !call.visitor.permissions.has('payloads')) throw forbidden('payloads');
  return search;
}
