import { InvalidJobError } from '../core/errors.js';
import { nearestName } from '../core/near-miss.js';
import { describeValue } from '../core/redact.js';

const ITEM_KEYS = ['type', 'payload', 'options'];
const OPTION_KEYS = ['manager'];

/**
 * Refuses what is no item of `enqueueMany`. A `priority` beside the payload instead of in `options` would otherwise be
 * lost without a word.
 * @throws InvalidJobError
 */
export function refuseUnusableItem(item: unknown): void {
  if (typeof item !== 'object' || item === null) {
    throw new InvalidJobError('item', describeValue(item), 'an object { type, payload, options }');
  }
  refuseUnknown(item, ITEM_KEYS, 'no part of an item; options of the job belong in its "options"');
}

/**
 * Refuses options that `enqueueMany` does not have: with a misspelt `manager` the jobs would be written outside the
 * caller's transaction.
 * @throws InvalidJobError
 */
export function refuseUnusableOptions(options: unknown): void {
  if (typeof options !== 'object' || options === null) {
    throw new InvalidJobError('options', describeValue(options), '{ manager }, or nothing');
  }
  refuseUnknown(options, OPTION_KEYS, 'no option of enqueueMany');
}

function refuseUnknown(given: object, known: readonly string[], what: string): void {
  for (const key of Object.keys(given)) {
    if (known.includes(key)) continue;
    const nearest = nearestName(key, known);
    const hint = nearest === undefined ? '' : ` (did you mean "${nearest}"?)`;
    throw new InvalidJobError(describeValue(key).slice(1, -1), `${what}${hint}`, `only ${known.join(', ')}`);
  }
}
