import { formatDuration, parseDuration } from './duration.js';
import type { AgeRange, JobSearch, JobTraits, NumberRange, PayloadValue } from './job-selection.js';
import { PAYLOAD_PREFIX } from './search-fields.js';

/** A value that needs no quotes. */
const PLAIN = /^[^\s",]+$/;
/** A word that is read as nothing else. */
const PLAIN_WORD = /^[\p{L}\p{N}_][\p{L}\p{N}_.]*$/u;
const PLAIN_FIELD = /^[\p{L}\p{N}_.$][\p{L}\p{N}_.$-]*$/u;
/** Text that would be read as something else than text. */
const LOOKS_LIKE_JSON = /^(?:null|true|false|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)$/;

/**
 * A search as text, so that it can stand in a query box or a link: `parseJobSearch` reads it back as the same.
 * @example
 * formatJobSearch({ status: 'dead', type: 'send_email' }); // 'status:dead type:send_email'
 */
export function formatJobSearch(search: JobSearch): string {
  const terms = [
    ...traitTerms(search),
    ...ageTerms('age', search.age),
    ...timeTerms('created', search.createdAfter, search.createdBefore),
    ...ageTerms('finished', search.finishedAge),
    ...timeTerms('finished', search.finishedAfter, search.finishedBefore),
    ...(search.archived === undefined ? [] : [`archived:${search.archived ? 'yes' : 'no'}`]),
    ...traitTerms(search.without ?? {}).map((term) => `-${term}`),
  ];
  return terms.join(' ');
}

function traitTerms(traits: JobTraits): string[] {
  return [
    ...listTerm('status', traits.status),
    ...listTerm('type', traits.type),
    ...listTerm('queue', traits.queue),
    ...listTerm('error', traits.error),
    ...listOf(traits.tags).map((tag) => `tag:${quoted(tag)}`),
    ...listTerm('tag', traits.anyTag),
    ...payloadTerms(traits.payload),
    ...numberTerms('priority', traits.priority),
    ...numberTerms('retries', traits.retries),
    ...listTerm('id', traits.id),
    ...listTerm('worker', traits.workerId),
    ...listTerm('parent', traits.parentId),
    ...listTerm('unique', traits.uniqueKey),
    ...listTerm('fingerprint', traits.fingerprint),
    ...listOf(traits.words).map((word) => (PLAIN_WORD.test(word) ? word : quote(word))),
  ];
}

function listTerm(field: string, value: string | readonly string[] | undefined): string[] {
  const list = listOf(value);
  return list.length === 0 ? [] : [`${field}:${list.map(quoted).join(',')}`];
}

function payloadTerms(payload: JobTraits['payload']): string[] {
  return Object.entries(payload ?? {}).map(([path, value]) => {
    const field = `${PAYLOAD_PREFIX}${path}`;
    const wanted = (Array.isArray(value) ? value : [value]) as readonly PayloadValue[];
    return `${PLAIN_FIELD.test(field) ? field : quote(field)}:${wanted.map(payloadText).join(',')}`;
  });
}

function payloadText(value: PayloadValue): string {
  if (typeof value !== 'string') return String(value);
  return LOOKS_LIKE_JSON.test(value) ? quote(value) : quoted(value);
}

function numberTerms(field: string, value: JobTraits['priority']): string[] {
  if (value === undefined) return [];
  if (typeof value === 'number') return [`${field}:${value}`];
  if (Array.isArray(value)) return [`${field}:${value.join(',')}`];
  const { from, to } = value as NumberRange;
  return [
    ...(from === undefined ? [] : [`${field}>=${from}`]),
    ...(to === undefined ? [] : [`${field}<=${to}`]),
  ];
}

function ageTerms(field: string, { over, under }: AgeRange = {}): string[] {
  return [
    ...(over === undefined ? [] : [`${field}>${formatDuration(parseDuration(over) ?? 0)}`]),
    ...(under === undefined ? [] : [`${field}<${formatDuration(parseDuration(under) ?? 0)}`]),
  ];
}

function timeTerms(field: string, after: Date | undefined, before: Date | undefined): string[] {
  return [
    ...(after === undefined ? [] : [`${field}>${after.toISOString()}`]),
    ...(before === undefined ? [] : [`${field}<${before.toISOString()}`]),
  ];
}

function listOf(value: string | readonly string[] | undefined): readonly string[] {
  if (value === undefined) return [];
  return typeof value === 'string' ? [value] : value;
}

function quoted(text: string): string {
  return PLAIN.test(text) ? text : quote(text);
}

function quote(text: string): string {
  return `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}
