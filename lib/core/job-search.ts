import { InvalidSearchError } from './errors.js';
import type { AgeRange, JobSearch, JobTraits, NumberRange, PayloadValue } from './job-selection.js';
import { nearestName } from './near-miss.js';
import { describeValue } from './redact.js';
import { PAYLOAD_PREFIX, SEARCH_FIELDS, type SearchField } from './search-fields.js';
import { readTerms, type SearchTerm, type SearchValue } from './search-terms.js';
import * as values from './search-values.js';

type Traits = { -readonly [Key in keyof JobTraits]: JobTraits[Key] };
type Search = { -readonly [Key in keyof JobSearch]: JobSearch[Key] };

const MOST_TERMS = 50;
const MOST_VALUES = 100;

/**
 * Reads a search text: `type:send_email status:dead payload.user.id:42 error:"ECONN" age>1h`. All terms must hold; of
 * values with commas between them any will do; `-field:value` leaves out. Words without a field are looked for at the
 * beginning of the id, in the type and in the last error. docs/searching.md has every field.
 * @throws InvalidSearchError that names the position, and what is allowed there
 */
export function parseJobSearch(text: string): JobSearch {
  const terms = readTerms(text);
  if (terms.length > MOST_TERMS) {
    throw new InvalidSearchError(
      terms[MOST_TERMS]?.at ?? 0,
      'there are too many terms',
      `at most ${MOST_TERMS} terms`,
    );
  }
  const search: Search = {};
  for (const term of terms) apply(term, search);
  return search;
}

function apply(term: SearchTerm, search: Search): void {
  if (term.values.length > MOST_VALUES) {
    throw new InvalidSearchError(term.at, 'there are too many values', `at most ${MOST_VALUES} values`);
  }
  const known = term.field === undefined ? undefined : fieldOf(term, term.field);
  if (known !== undefined) refuseMisuse(term, known);
  if (!term.isNegated) return include(term, known, search);
  const without: Traits = { ...search.without };
  search.without = without;
  leaveOut(term, known, without);
}

function fieldOf(term: SearchTerm, name: string): SearchField {
  const found = SEARCH_FIELDS.find((field) =>
    field.name === PAYLOAD_PREFIX ? name.startsWith(PAYLOAD_PREFIX) : field.name === name.toLowerCase(),
  );
  if (found !== undefined) return found;
  const names = SEARCH_FIELDS.map((field) => field.name);
  const nearest = nearestName(name, names);
  const hint = nearest === undefined ? '' : ` (did you mean "${nearest}"?)`;
  const at = term.at + (term.isNegated ? 1 : 0);
  const allowed = `one of ${names.join(', ')}; quotes around a word that has a colon in it`;
  throw new InvalidSearchError(at, `${describeValue(name)} is no field${hint}`, allowed);
}

function refuseMisuse(term: SearchTerm, { name, operators, takes, canBeNegated }: SearchField): void {
  if (!operators.includes(term.operator)) {
    const allowed = operators.map((operator) => `${name}${operator}…`).join(' or ');
    throw new InvalidSearchError(
      term.at,
      `${name} does not go with "${term.operator}"`,
      `${allowed}, with ${takes}`,
    );
  }
  if (term.isNegated && (!canBeNegated || term.operator !== ':')) {
    throw new InvalidSearchError(
      term.at,
      `${name}${term.operator} cannot be turned round with "-"`,
      'the opposite sign',
    );
  }
  const takesOne =
    !operators.includes(':') || term.operator !== ':' || name === 'archived' || name === 'parent';
  const [, second] = term.values;
  if (takesOne && second !== undefined) {
    throw new InvalidSearchError(second.at, `${name}${term.operator} takes one value`, takes);
  }
}

/** The fields that are lists of values, both with and without the sign. */
const LISTS: Readonly<
  Record<string, { readonly key: ListKey; readonly read: (value: SearchValue) => string }>
> = {
  status: { key: 'status', read: values.readStatus },
  type: { key: 'type', read: values.readNameValue },
  queue: { key: 'queue', read: values.readNameValue },
  error: { key: 'error', read: values.readText },
  id: { key: 'id', read: values.readIdValue },
  worker: { key: 'workerId', read: values.readIdValue },
  unique: { key: 'uniqueKey', read: values.readText },
  fingerprint: { key: 'fingerprint', read: values.readText },
};

type ListKey = 'status' | 'type' | 'queue' | 'error' | 'id' | 'workerId' | 'uniqueKey' | 'fingerprint';

function include(term: SearchTerm, field: SearchField | undefined, search: Search): void {
  if (field === undefined) search.words = joined(search.words, term.values.map(values.readText));
  else if (field.name === 'tag') includeTags(term, search);
  else if (field.name === PAYLOAD_PREFIX) includePayload(term, search);
  else if (field.name === 'priority' || field.name === 'retries') includeNumbers(term, field.name, search);
  else if (field.name === 'age') search.age = narrowed(term, search.age, values.readSpan(first(term)));
  else if (field.name === 'created' || field.name === 'finished') includeTime(term, field.name, search);
  else if (field.name === 'archived')
    search.archived = once(term, search.archived, values.readYesOrNo(first(term)));
  else if (field.name === 'parent')
    search.parentId = once(term, search.parentId, values.readWholeId(first(term)));
  else includeList(term, field.name, search);
}

function includeList(term: SearchTerm, name: string, search: Search): void {
  const list = LISTS[name];
  if (list === undefined) return;
  const read = unique(term.values.map(list.read));
  Object.assign(search, { [list.key]: once(term, search[list.key], read) });
}

/** One tag at a time: a job must have all of them. Several with commas: it must have one of them. */
function includeTags(term: SearchTerm, search: Search): void {
  const tags = term.values.map(values.readTagValue);
  if (tags.length === 1) search.tags = joined(search.tags, tags);
  else search.anyTag = once(term, search.anyTag, unique(tags));
}

function includePayload(term: SearchTerm, search: Search): void {
  const path = pathOf(term);
  const read = payloadValues(term);
  search.payload = { ...search.payload, [path]: once(term, valueAt(search.payload, path), read) };
}

function includeNumbers(term: SearchTerm, key: 'priority' | 'retries', search: Search): void {
  const known = search[key];
  if (term.operator === ':') {
    search[key] = once(term, known, unique(term.values.map(values.readWhole)));
    return;
  }
  if (known !== undefined && !isRange(known)) throw saidTwice(term);
  const number = values.readWhole(first(term));
  const bound: keyof NumberRange = term.operator.startsWith('>') ? 'from' : 'to';
  if (known?.[bound] !== undefined) throw saidTwice(term);
  const step = term.operator === '>' ? 1 : term.operator === '<' ? -1 : 0;
  search[key] = { ...known, [bound]: number + step };
}

function includeTime(term: SearchTerm, name: 'created' | 'finished', search: Search): void {
  const time = values.readTime(first(term));
  if (typeof time === 'number') {
    const key = name === 'created' ? 'age' : 'finishedAge';
    search[key] = narrowed(term, search[key], time);
    return;
  }
  const key = `${name}${term.operator === '>' ? 'After' : 'Before'}` as const;
  search[key] = once(term, search[key], time);
}

function leaveOut(term: SearchTerm, field: SearchField | undefined, without: Traits): void {
  if (field === undefined) without.words = joined(without.words, term.values.map(values.readText));
  else if (field.name === 'tag')
    without.anyTag = joined(without.anyTag, term.values.map(values.readTagValue));
  else if (field.name === PAYLOAD_PREFIX) {
    const path = pathOf(term);
    const known = [valueAt(without.payload, path) ?? []].flat();
    without.payload = { ...without.payload, [path]: unique([...known, ...payloadValues(term)]) };
  } else if (field.name === 'priority' || field.name === 'retries') {
    const known = without[field.name];
    const numbers = Array.isArray(known) ? (known as number[]) : [];
    without[field.name] = unique([...numbers, ...term.values.map(values.readWhole)]);
  } else if (field.name === 'parent') {
    without.parentId = once(term, without.parentId, values.readWholeId(first(term)));
  } else {
    const list = LISTS[field.name];
    if (list !== undefined) {
      Object.assign(without, { [list.key]: joined(without[list.key], term.values.map(list.read)) });
    }
  }
}

function payloadValues(term: SearchTerm): PayloadValue[] {
  return unique(term.values.map(values.readPayloadValue));
}

function pathOf(term: SearchTerm): string {
  const path = (term.field ?? '').slice(PAYLOAD_PREFIX.length);
  if (path !== '' && path.split('.').every((key) => key !== '')) return path;
  const allowed =
    'a path such as payload.user.id: keys of objects and indexes of lists with single dots between them';
  throw new InvalidSearchError(term.at, 'the path into the payload has an empty key', allowed);
}

/** A path may be called like something that every object has. */
function valueAt(
  payload: JobTraits['payload'],
  path: string,
): PayloadValue | readonly PayloadValue[] | undefined {
  return payload !== undefined && Object.hasOwn(payload, path) ? payload[path] : undefined;
}

function narrowed(term: SearchTerm, known: AgeRange | undefined, span: number): AgeRange {
  const bound: keyof AgeRange = term.operator === '>' ? 'over' : 'under';
  if (known?.[bound] !== undefined) throw saidTwice(term);
  return { ...known, [bound]: span };
}

function isRange(value: number | readonly number[] | NumberRange): value is NumberRange {
  return typeof value === 'object' && !Array.isArray(value);
}

function once<Value>(term: SearchTerm, known: unknown, value: Value): Value {
  if (known === undefined) return value;
  throw saidTwice(term);
}

function saidTwice(term: SearchTerm): InvalidSearchError {
  const name = term.field ?? 'a word';
  return new InvalidSearchError(term.at, `${name} is said twice`, `${name}:one,other for any of several`);
}

function joined(known: string | readonly string[] | undefined, more: readonly string[]): string[] {
  return unique([...[known ?? []].flat(), ...more]);
}

function unique<Value>(list: readonly Value[]): Value[] {
  return [...new Set(list)];
}

function first(term: SearchTerm): SearchValue {
  const [value] = term.values;
  if (value === undefined) throw new InvalidSearchError(term.at, 'a value is missing');
  return value;
}
